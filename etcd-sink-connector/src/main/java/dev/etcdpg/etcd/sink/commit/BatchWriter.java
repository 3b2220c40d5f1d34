package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.EpochValue;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.kv.EtcdTransaction.Operation;
import dev.etcdpg.etcd.kv.TransactionResult;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import dev.etcdpg.etcd.sink.plan.EtcdView;
import dev.etcdpg.etcd.sink.plan.SinkBatch;
import dev.etcdpg.etcd.sink.plan.SinkStep;
import dev.etcdpg.etcd.sink.plan.StepPlanner;
import dev.etcdpg.etcd.sink.progress.OwnedProgress;
import dev.etcdpg.etcd.sink.progress.PostponedException;
import dev.etcdpg.etcd.sink.progress.ProgressWriter;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Commits a batch in one etcd transaction. The first round assumes that the key of every change is at the base of the change, and takes one
 * round trip. A round that fails also reads the keys that decisions depend on, and the next round is planned from the result.
 */
public final class BatchWriter {

    /**
     * Largest number of rounds. It exceeds the number of keys of a batch, because each key can fail a round once, and the epoch key now and
     * then.
     */
    private static final int MAX_ROUNDS = 300;

    private final EtcdGateway etcd;
    private final ProgressWriter progressWriter;
    private final StepPlanner planner;
    private final AnswerLease lease;
    private final EtcdSinkMetrics metrics;

    public BatchWriter(
            EtcdGateway etcd,
            ProgressWriter progressWriter,
            StepPlanner planner,
            AnswerLease lease,
            EtcdSinkMetrics metrics) {
        this.etcd = etcd;
        this.progressWriter = progressWriter;
        this.planner = planner;
        this.lease = lease;
        this.metrics = metrics;
    }

    /**
     * Commits the batch.
     *
     * @param progress to write with the batch
     * @return the new content of the progress key; empty if that key differs from {@code owned}, and then nothing was written
     * @throws EtcdFailure if etcd did not confirm the batch. If {@link EtcdFailure#isRequestTooLarge()}, nothing was written; else the outcome
     *     is unknown
     */
    public Optional<OwnedProgress> commit(
            EtcdBytes progressKey, SinkBatch batch, SinkProgress progress, OwnedProgress owned) {
        return new Commit(progressKey, batch.writes(), progress, owned).run();
    }

    /** One batch on its way to etcd. */
    private final class Commit {

        private final EtcdBytes progressKey;
        private final List<SinkInstruction> records;
        private final SinkProgress progress;
        private final OwnedProgress owned;
        private final boolean comparesEpoch;
        private EtcdView view;
        private List<SinkStep> steps = List.of();

        Commit(EtcdBytes progressKey, List<SinkInstruction> records, SinkProgress progress, OwnedProgress owned) {
            this.progressKey = progressKey;
            this.records = records;
            this.progress = progress;
            this.owned = owned;
            this.comparesEpoch = records.stream().anyMatch(StepPlanner::comparesEpoch);
            this.view = EtcdView.of(owned.epoch());
        }

        Optional<OwnedProgress> run() {
            long begun = metrics.begin();
            boolean needsRead = (comparesEpoch && view.epoch().isEmpty())
                    || records.stream().anyMatch(StepPlanner::needsRead);
            if (needsRead && !look(read())) {
                return Optional.empty();
            }
            for (int round = 0; round < MAX_ROUNDS; round++) {
                if (comparesEpoch && view.epoch().isEmpty()) {
                    throw new PostponedException(
                            "etcd has no key " + progressWriter.epochKey().text() + " yet; the etcd source creates it",
                            Duration.ofSeconds(1));
                }
                Optional<TransactionResult> result = attempt();
                if (result.isPresent() && result.get().succeeded()) {
                    metrics.committed(begun, records, steps, result.get().revision());
                    return Optional.of(new OwnedProgress(progress, result.get().revision(), view.epoch()));
                } else if (result.isPresent() && !look(result.get().read())) {
                    return Optional.empty();
                }
            }
            throw new PostponedException(
                    "The keys of the batch change faster than they can be compared", Duration.ofMillis(100));
        }

        /** Executes one round. Returns empty if a lease of the batch is gone. */
        private Optional<TransactionResult> attempt() {
            try {
                return Optional.of(etcd.transact("writing a batch", transaction()));
            } catch (EtcdFailure e) {
                if (e.kind() != EtcdFailure.Kind.NO_LEASE) {
                    throw e;
                }
                lease.verify();
                view = view.withGoneLeases(goneLeases());
                return Optional.empty();
            }
        }

        private EtcdTransaction transaction() {
            List<Condition> conditions = new ArrayList<>();
            List<Operation> operations = new ArrayList<>();
            conditions.add(new Condition.AtRevision(progressKey, owned.at()));
            operations.add(new Operation.Put(progressKey, progress.write()));
            if (comparesEpoch) {
                EtcdBytes epoch = EpochValue.write(view.epoch().orElseThrow());
                conditions.add(new Condition.HasValue(progressWriter.epochKey(), epoch));
            }
            steps = records.stream().map(record -> planner.plan(record, view)).toList();
            for (SinkStep step : steps) {
                step.condition().ifPresent(conditions::add);
                operations.add(operation(step.write()));
            }
            return new EtcdTransaction(conditions, operations, reads());
        }

        private List<EtcdKeyState> read() {
            return etcd.transact("reading the keys of a batch", EtcdTransaction.of(reads()))
                    .read();
        }

        /**
         * Returns the reads of the progress key, the epoch key, and the keys that decisions depend on. A read omits the value where the value
         * does not matter.
         */
        private List<Operation> reads() {
            List<Operation> reads = new ArrayList<>();
            reads.add(new Operation.GetRevision(progressKey));
            reads.add(new Operation.Get(progressWriter.epochKey()));
            for (SinkInstruction record : records) {
                planner.dependsOn(record)
                        .ifPresent(key -> reads.add(
                                StepPlanner.needsRead(record)
                                        ? new Operation.Get(key)
                                        : new Operation.GetRevision(key)));
            }
            return reads;
        }

        /** Adds the results of {@link #reads} to the view. Returns false if the progress key has changed. */
        private boolean look(List<EtcdKeyState> read) {
            if (read.get(0).modRevision() != owned.at()) {
                return false;
            }
            OptionalLong epoch = progressWriter.epoch(read.get(1));
            Map<EtcdBytes, EtcdKeyState> found = new HashMap<>();
            int i = 2;
            for (SinkInstruction record : records) {
                Optional<EtcdBytes> key = planner.dependsOn(record);
                if (key.isPresent()) {
                    found.put(key.get(), read.get(i++));
                }
            }
            view = view.withRead(epoch, found);
            return true;
        }

        private Set<Long> goneLeases() {
            Set<Long> gone = new HashSet<>();
            for (SinkInstruction record : records) {
                if (record instanceof Send sent
                        && sent.send() instanceof PgRecord.Change change
                        && change.lease() != 0
                        && !etcd.hasLease(change.lease())) {
                    gone.add(change.lease());
                }
            }
            return gone;
        }
    }

    private Operation operation(SinkStep.Write write) {
        if (write instanceof SinkStep.Write.Put put) {
            return new Operation.Put(put.key(), put.value(), put.lease());
        } else if (write instanceof SinkStep.Write.Reply reply) {
            return new Operation.Put(reply.key(), reply.value(), lease.obtain());
        }
        return new Operation.Delete(write.key());
    }
}
