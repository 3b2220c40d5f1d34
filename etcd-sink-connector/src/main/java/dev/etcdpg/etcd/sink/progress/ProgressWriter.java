package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.bookkeeping.EpochValue;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.TransactionResult;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a progress key and, if there is a reason, a new epoch with it, in one transaction. */
public final class ProgressWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressWriter.class);

    private final EtcdGateway etcd;
    private final EtcdBytes epochKey;
    private final Clock clock;
    private final EtcdSinkMetrics metrics;

    /** @param clock gives the number of a new epoch */
    public ProgressWriter(EtcdGateway etcd, EtcdBytes epochKey, Clock clock, EtcdSinkMetrics metrics) {
        this.etcd = etcd;
        this.epochKey = epochKey;
        this.clock = clock;
        this.metrics = metrics;
    }

    public EtcdBytes epochKey() {
        return epochKey;
    }

    /**
     * Returns the epoch in a state of the epoch key, or empty if the key is absent.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if the key holds no epoch
     */
    public OptionalLong epoch(EtcdKeyState found) {
        return found.isPresent()
                ? OptionalLong.of(EpochValue.require(epochKey.text(), found.value()))
                : OptionalLong.empty();
    }

    EtcdKeyState read(EtcdBytes progressKey) {
        return etcd.read("reading a progress key", List.of(progressKey)).get(0);
    }

    /**
     * Writes the progress if its key is still at the given revision.
     *
     * @param at mod_revision of the progress key; 0 for absent
     * @return empty if the progress key is at another revision
     */
    Optional<OwnedProgress> write(EtcdBytes progressKey, long at, SinkProgress progress, EpochChange change) {
        while (true) {
            List<EtcdKeyState> read = etcd.read("reading a progress key", List.of(progressKey, epochKey));
            if (read.get(0).modRevision() != at) {
                return Optional.empty();
            }
            EtcdKeyState epochState = read.get(1);
            OptionalLong epoch = epoch(epochState);
            List<Operation> puts = new ArrayList<>();
            puts.add(new Operation.Put(progressKey, progress.write()));
            boolean begins = epoch.isPresent() && change.replaces().test(epoch.getAsLong());
            if (begins) {
                long next = EpochValue.next(epoch.getAsLong(), clock.millis());
                puts.add(new Operation.Put(epochKey, EpochValue.write(next)));
                LOG.warn(
                        "Beginning epoch {} after {}: {} ({})",
                        next,
                        epoch.getAsLong(),
                        change.reason(),
                        progressKey.text());
                epoch = OptionalLong.of(next);
            }
            TransactionResult result = etcd.transact(
                    "writing a progress key",
                    new EtcdTransaction(
                            List.of(
                                    new Condition.AtRevision(progressKey, at),
                                    new Condition.AtRevision(epochKey, epochState.modRevision())),
                            puts,
                            List.of()));
            if (result.succeeded()) {
                if (begins) {
                    metrics.newEpoch(change.kind(), progressKey.text(), change.reason());
                }
                return Optional.of(new OwnedProgress(progress, result.revision(), epoch));
            }
            // the epoch or the progress has changed in between: the next read shows which
        }
    }
}
