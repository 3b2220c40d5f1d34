package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.EpochValue;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.KeyState;
import dev.etcdpg.etcd.kv.TransactionResult;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a progress key and, when there is reason, a new epoch with it: both or neither. */
final class Bookkeeping {

    /** For {@link #write}: leave the epoch as it is. */
    static final LongPredicate SAME_EPOCH = epoch -> false;

    private static final Logger LOG = LoggerFactory.getLogger(Bookkeeping.class);

    private final EtcdGateway store;
    private final EtcdBytes epochKey;
    private final Clock clock;

    Bookkeeping(EtcdGateway store, EtcdBytes epochKey, Clock clock) {
        this.store = store;
        this.epochKey = epochKey;
        this.clock = clock;
    }

    EtcdBytes epochKey() {
        return epochKey;
    }

    /** Null if there is no epoch yet. */
    Long epoch(KeyState found) {
        if (!found.isPresent()) {
            return null;
        }
        return EpochValue.require(epochKey.text(), found.value());
    }

    /**
     * Writes the progress if its key is still at that revision.
     *
     * @param at mod_revision of the progress key, 0 for absent
     * @param raises whether the epoch found there is to be followed by a new one. Where there is none the etcd source makes one, and that is
     *     a new one too
     * @param why for the log
     * @return empty if the progress key is not at that revision
     */
    Optional<Owned> write(EtcdBytes progressKey, long at, SinkProgress progress, LongPredicate raises, String why) {
        while (true) {
            List<KeyState> read = store.read("reading a progress key", List.of(progressKey, epochKey));
            if (read.get(0).modRevision() != at) {
                return Optional.empty();
            }
            KeyState epochFound = read.get(1);
            Long epoch = epoch(epochFound);
            List<Condition> compares = new ArrayList<>();
            List<Operation> puts = new ArrayList<>();
            compares.add(isAt(progressKey, at));
            compares.add(isAt(epochKey, epochFound.modRevision()));
            puts.add(new Operation.Put(progressKey, progress.write()));
            if (epoch != null && raises.test(epoch)) {
                long next = EpochValue.next(epoch, clock.millis());
                puts.add(new Operation.Put(epochKey, EpochValue.write(next)));
                LOG.warn("epoch {} follows {}: {} ({})", next, epoch, why, progressKey.text());
                epoch = next;
            }
            TransactionResult result =
                    store.transact("writing a progress key", new EtcdTransaction(compares, puts, List.of()));
            if (result.succeeded()) {
                return Optional.of(new Owned(progress, result.revision(), epoch));
            }
            // The epoch or the progress moved in between: the next reading says which.
        }
    }

    static Condition isAt(EtcdBytes key, long modRevision) {
        return new Condition.AtRevision(key, modRevision);
    }
}
