package dev.etcdpg.etcd.store;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EpochValue;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RangeResult;
import java.util.List;
import java.util.Optional;

/** Reads and raises the epoch. All methods throw {@link EtcdFailure}. */
public final class EpochStore {

    private final EtcdGateway etcd;
    private final String key;

    public EpochStore(EtcdGateway etcd, BookkeepingKeys keys) {
        this.etcd = etcd;
        this.key = keys.epoch();
    }

    /** Reads the current state of etcd. Within one history, the revision is never lower than a revision that was seen before. */
    public EtcdState state() {
        RangeResult result = etcd.range("reading the epoch", KeySpan.single(key), 0, 1);
        Optional<KeyChange> found = result.keys().stream().findFirst();
        return new EtcdState(
                found.map(change -> EpochValue.parse(change.requireValue())).orElse(0L),
                found.map(KeyChange::modRevision).orElse(0L),
                result.revision(),
                result.cluster(),
                found.filter(change -> change.version() == 1).isPresent());
    }

    /**
     * Writes a new epoch, unless the epoch key has changed since {@code found} was read.
     *
     * @param seen the highest epoch that the caller knows of
     * @return whether the epoch was written; if not, the caller must read the state again
     */
    public boolean raise(EtcdState found, long seen, long nowMillis) {
        long epoch = EpochValue.next(Math.max(found.epoch(), seen), nowMillis);
        EtcdBytes epochKey = EtcdBytes.of(key);
        return etcd.transact(
                        "writing a new epoch",
                        new EtcdTransaction(
                                List.of(new Condition.AtRevision(epochKey, found.epochRevision())),
                                List.of(new Operation.Put(epochKey, EpochValue.write(epoch))),
                                List.of()))
                .succeeded();
    }
}
