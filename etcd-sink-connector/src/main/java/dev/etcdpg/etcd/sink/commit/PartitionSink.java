package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics.EpochReason;
import dev.etcdpg.etcd.sink.plan.BatchCutter;
import dev.etcdpg.etcd.sink.plan.SinkBatch;
import dev.etcdpg.etcd.sink.progress.EpochChange;
import dev.etcdpg.etcd.sink.progress.PostponedException;
import dev.etcdpg.etcd.sink.progress.ProgressKey;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Rejected;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the records of one topic partition in order. All methods throw {@link EtcdFailure} if etcd does not execute a request, and {@link
 * PostponedException} if the records cannot be taken now. Not thread-safe.
 */
public final class PartitionSink {

    /** Services that all partitions of a task share. */
    public record Services(
            BatchWriter writer,
            BatchCutter cutter,
            LossGuard losses,
            CopyGuard copies,
            KeyRefusals refusals,
            DeadLetters letters,
            EtcdSinkMetrics metrics) {}

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSink.class);

    /** Not the reason in the record: the text of a record is not for the log. The log of the notify source has the reason. */
    private static final String REQUESTED = "PostgreSQL requests it";

    private final ProgressKey key;
    private final Services services;

    /**
     * Progress in memory; valid while the key is claimed. It can be ahead of the progress key by records that need no transaction (heartbeats,
     * duplicates).
     */
    private SinkProgress passed = SinkProgress.startingAt(0);
    /** Offset to which the consumer must seek before records are taken; empty if no seek is needed. */
    private OptionalLong seek = OptionalLong.empty();
    /** Whether the consumer was sent to {@code seek}. The records that come next are taken, wherever they begin. */
    private boolean sought;
    /** The consumer group had passed the records below this offset when the partition was claimed; 0 for none. */
    private long groupPosition;
    /** Offsets of rejected records that are in the dead letter topic and not passed yet. */
    private final Set<Long> reported = new HashSet<>();
    /** Value of {@link LossGuard#healCount()} when the loss in {@code passed} was noticed. */
    private long healsBeforeLoss;

    public PartitionSink(ProgressKey key, Services services) {
        this.key = key;
        this.services = services;
    }

    public ProgressKey key() {
        return key;
    }

    /** Returns the offset of the first record that is not dealt with; empty while the partition is not claimed. Sends no request. */
    public OptionalLong position() {
        return key.isClaimed() ? OptionalLong.of(passed.next()) : OptionalLong.empty();
    }

    /** Returns the progress; empty while the partition is not claimed. Sends no request. */
    public Optional<SinkProgress> progress() {
        return key.isClaimed() ? Optional.of(passed) : Optional.empty();
    }

    /**
     * Makes sure that this task owns the progress key.
     *
     * @param first offset of the first record that Connect has delivered
     * @param again whether the records were refused before and are delivered again
     * @return offset to which the consumer must seek; empty if the records can be taken
     */
    public OptionalLong begin(long first, boolean again) {
        if (key.isClaimed() && !again && seek.isEmpty() && first < passed.next()) {
            LOG.warn(
                    "{}: the topic continues at offset {}, before {}. Was it created again?",
                    key,
                    first,
                    passed.next());
            key.abandon();
        }
        if (key.isClaimed()) {
            passed = key.confirm(passed);
        } else {
            claim(first);
        }
        if (sought) {
            passed = passed.withNext(first);
            seek = OptionalLong.empty();
            sought = false;
        }
        return seek;
    }

    /**
     * Claims the progress key. The position of the consumer and the progress can differ after a crash before the group's offset was committed,
     * after heartbeats that moved only the group, after etcd was restored, and after a topic was created again. The consumer is therefore sent
     * once to the offset in the progress, and the records that come next are taken wherever they begin: transaction markers leave holes in the
     * offsets, and the chain shows which records are missing.
     */
    private void claim(long first) {
        passed = key.claim(first);
        seek = passed.next() == first ? OptionalLong.empty() : OptionalLong.of(passed.next());
        sought = false;
        groupPosition = first > passed.next() ? first : 0;
        reported.clear();
        healsBeforeLoss = services.losses().healCount();
        LOG.info("{} claimed at offset {}; the consumer is at {}", key, passed.next(), first);
    }

    /** Records that the consumer was sent to the offset that {@link #begin} returned. */
    public void sought() {
        sought = true;
    }

    /** Takes the records that are not passed yet. */
    public void take(List<SinkInstruction> delivered) {
        List<SinkInstruction> records = new ArrayList<>(delivered);
        BatchCutter cutter = services.cutter();
        healIfOwed();
        int from = skipPassed(records, 0);
        while (from < records.size()) {
            SinkBatch batch = cutter.cut(records, from, passed, groupPosition);
            report(batch);
            try {
                SinkProgress before = passed;
                passed = commit(batch);
                CopyGuard.logTakenOver(key.toString(), before, passed);
            } catch (EtcdFailure e) {
                cutter = reduce(cutter, records, batch, e);
                passed = key.confirm(passed);
                from = skipPassed(records, from);
                continue;
            }
            reported.removeIf(offset -> offset < passed.next());
            from = batch.end();
            if (pass(batch.stop(), records, from)) {
                from++;
            }
        }
    }

    private int skipPassed(List<SinkInstruction> records, int from) {
        int index = from;
        while (index < records.size() && records.get(index).offset() < passed.next()) {
            index++;
        }
        return index;
    }

    /** Compares the progress key with its last known content, and writes it if that is due. */
    public void check(EtcdKeyState found) {
        if (!key.verify(found)) {
            if (key.isClaimed()) {
                passed = key.confirm(passed);
            }
            return;
        }
        healIfOwed();
        if (passed.next() > key.content().next() && key.isWriteDue()) {
            passed = key.write(passed, EpochChange.NONE);
        }
    }

    private void report(SinkBatch batch) {
        List<Rejected> letters = new ArrayList<>(batch.rejected());
        if (services.letters().isPossible()) {
            letters.addAll(batch.impossible());
        }
        letters.removeIf(letter -> reported.contains(letter.offset()));
        services.letters().report(letters.stream().map(Rejected::letter).toList());
        letters.forEach(letter -> reported.add(letter.offset()));
    }

    private SinkProgress commit(SinkBatch batch) {
        if (!batch.isWorthWriting() && !CopyGuard.hasTakenOver(passed, batch.after())) {
            return batch.after();
        } else if (batch.writes().isEmpty()) {
            return key.write(batch.after(), EpochChange.NONE);
        }
        return key.commit(batch.after(), (progressKey, progress, owned) -> services.writer()
                .commit(progressKey, batch, progress, owned));
    }

    /**
     * Reacts to a batch that the server does not accept. A batch of several records is cut smaller; a single record is marked, so that it is
     * answered as failed or becomes a dead letter.
     *
     * @return the cutter for the next attempt
     * @throws EtcdFailure if the content of the batch is not the reason
     */
    private BatchCutter reduce(BatchCutter cutter, List<SinkInstruction> records, SinkBatch batch, EtcdFailure cause) {
        if (!cause.isRequestTooLarge() && !KeyRefusals.mayConcernOneKey(cause)) {
            throw cause;
        } else if (batch.writes().size() > 1) {
            return cutter.withMaxKeys(batch.writes().size() / 2);
        } else if (cause.kind() == EtcdFailure.Kind.TOO_MANY_OPERATIONS) {
            throw cause.permanent();
        } else if (batch.writes().isEmpty()) {
            throw cause;
        }
        SinkInstruction record = batch.writes().get(0);
        String reason = cause.kind() == EtcdFailure.Kind.REQUEST_TOO_LARGE
                ? String.valueOf(cause.getMessage())
                : services.refusals().reason(record, cause).orElseThrow(() -> cause);
        records.set(records.indexOf(record), record.refused(reason));
        return cause.isRequestTooLarge() ? cutter : services.cutter();
    }

    /**
     * Deals with the reason for the end of a batch.
     *
     * @return whether the record at {@code index} is dealt with, too
     */
    private boolean pass(SinkBatch.Stop stop, List<SinkInstruction> records, int index) {
        switch (stop) {
            case LOSS -> passLoss((Send) records.get(index));
            case SUPERSEDED -> {
                return passSuperseded(records, index);
            }
            case BEHIND -> {
                beginEpoch(
                        EpochReason.FORGOTTEN_PROGRESS,
                        "etcd has forgotten records that the consumer group had passed");
                groupPosition = 0;
            }
            case NEW_EPOCH -> {
                PgRecord.NewEpoch wanted = (PgRecord.NewEpoch) ((Send) records.get(index)).send();
                SinkProgress after = BatchCutter.pass(records.get(index), passed);
                passed = key.write(after, EpochChange.after(wanted.found(), EpochReason.REQUEST, REQUESTED));
                return true;
            }
            case END, FULL -> {}
        }
        return false;
    }

    /** Passes a record of a superseded database without its number, or turns it into a dead letter. */
    private boolean passSuperseded(List<SinkInstruction> records, int index) {
        Send record = (Send) records.get(index);
        services.metrics().superseded(record);
        String reason = services.copies().report(key + " offset " + record.offset(), record, passed);
        if (record.send() instanceof PgRecord.Change) {
            records.set(index, new Rejected(record.record(), reason));
            return false;
        }
        passed = passed.withNext(record.offset() + 1);
        return true;
    }

    private void passLoss(Send record) {
        services.metrics().lost(record);
        boolean heals = services.losses().report(key + " offset " + record.offset(), record.previous());
        passed = passed.passed(record.sender(), record.previous()).lost(heals || passed.lost());
        healsBeforeLoss = services.losses().healCount();
        healIfOwed();
    }

    /** Begins a new epoch to heal a loss, unless another partition of the task has begun one since the loss was noticed. */
    private void healIfOwed() {
        if (!passed.lost()) {
            return;
        } else if (services.losses().healCount() > healsBeforeLoss) {
            passed = passed.lost(false);
        } else if (services.losses().mayHeal()) {
            beginEpoch(EpochReason.LOSS, "records are missing");
        }
    }

    /** Begins a new epoch. The epoch heals the losses of all partitions, whatever its reason is. */
    private void beginEpoch(EpochReason kind, String reason) {
        passed = key.write(passed.lost(false), EpochChange.always(kind, reason));
        services.losses().healed();
    }
}
