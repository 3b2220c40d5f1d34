package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics.EpochReason;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress key of one topic partition, as this task owns it. Every transaction compares the mod_revision of the key's last write. Therefore
 * only the last writer can commit, and an abandoned transaction can never commit after a later one. Not thread-safe.
 */
public final class ProgressKey {

    /** A transaction that writes progress together with something else. */
    public interface ProgressTransaction {

        /**
         * Executes the transaction.
         *
         * @param progress to write
         * @param owned last known content of the key
         * @return the new content of the key; empty if the key has changed, and then nothing was written
         */
        Optional<OwnedProgress> execute(EtcdBytes key, SinkProgress progress, OwnedProgress owned);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProgressKey.class);

    /** Time for the consumer to notice that the partition belongs to another task. */
    private static final Duration TAKEN_PAUSE = Duration.ofSeconds(5);

    private final EtcdBytes key;
    private final String task;
    private final ProgressWriter writer;
    private final ProgressSchedule schedule;

    /** Last known content of the key; null until the partition is claimed. */
    private @Nullable OwnedProgress owned;
    /** Whether a transaction of unknown outcome may have changed the key. */
    private boolean uncertain;

    /**
     * @param task name of this task in progress keys
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public ProgressKey(EtcdBytes key, String task, ProgressWriter writer, LongSupplier nanoTime) {
        this.key = key;
        this.task = task;
        this.writer = writer;
        this.schedule = new ProgressSchedule(nanoTime);
    }

    public EtcdBytes key() {
        return key;
    }

    public boolean isClaimed() {
        return owned != null;
    }

    /** Returns whether the claimed key must be read, because it was neither read nor written for a while. */
    public boolean isCheckDue() {
        return isClaimed() && schedule.isCheckDue();
    }

    /** Returns whether the claimed key must be written if there is any progress. */
    public boolean isWriteDue() {
        return isClaimed() && schedule.isWriteDue();
    }

    /** Returns the last known content of the claimed key. */
    public SinkProgress content() {
        return owned().written();
    }

    public void abandon() {
        owned = null;
        uncertain = false;
    }

    /**
     * Reads the key and writes it again, which fences its former owner.
     *
     * @param first offset at which to begin if there is no progress yet
     */
    public SinkProgress claim(long first) {
        while (true) {
            EtcdKeyState found = writer.read(key);
            SinkProgress there = parse(found).orElse(SinkProgress.startingAt(first));
            if (rewrite(found, there, EpochChange.NONE)) {
                return content();
            } // else another transaction has come in between
        }
    }

    /**
     * Reads the claimed key if its content is uncertain.
     *
     * @param passed progress of this task
     * @return the same progress, or a further one if a transaction of unknown outcome has committed
     * @throws PostponedException if another task has taken the key
     */
    public SinkProgress confirm(SinkProgress passed) {
        SinkProgress confirmed = passed;
        while (uncertain) {
            EtcdKeyState found = writer.read(key);
            Ownership ownership = judge(found);
            if (ownership == Ownership.TAKEN) {
                abandon();
                throw new PostponedException(
                        this + " was written by another task. If this is repeated, two connectors read the same topic",
                        TAKEN_PAUSE);
            }
            if (ownership == Ownership.BEHIND) {
                rewrite(found, confirmed, forgotten());
            } else {
                rewrite(found, parse(found).map(confirmed::mergedWith).orElse(confirmed), EpochChange.NONE);
            }
            confirmed = content();
        }
        return confirmed;
    }

    /**
     * Compares a state of the key with its last known content. A partition that another task has taken is abandoned.
     *
     * @return whether the content is as known; if not, {@link #confirm} or {@link #claim} must follow
     */
    public boolean verify(EtcdKeyState found) {
        Ownership ownership = judge(found);
        if (ownership == Ownership.TAKEN) {
            LOG.warn("{} was taken over by another task", this);
            abandon();
        } else if (ownership == Ownership.SAME) {
            schedule.checked();
        } else {
            uncertain = true;
        }
        return ownership == Ownership.SAME && !uncertain;
    }

    /** Writes the progress. */
    public SinkProgress write(SinkProgress progress, EpochChange change) {
        return commit(progress, (progressKey, next, known) -> writer.write(progressKey, known.at(), next, change));
    }

    /**
     * Writes the progress in a transaction with something else.
     *
     * @throws PostponedException if the key has changed
     */
    public SinkProgress commit(SinkProgress progress, ProgressTransaction transaction) {
        Optional<OwnedProgress> done;
        try {
            done = transaction.execute(key, progress.by(task), owned());
        } catch (EtcdFailure e) {
            uncertain |= !e.isRequestTooLarge();
            throw e;
        }
        if (done.isEmpty()) {
            uncertain = true;
            throw new PostponedException(this + " has changed", Duration.ofMillis(1));
        }
        own(done.get());
        return content();
    }

    private OwnedProgress owned() {
        if (owned == null) {
            throw new IllegalStateException(this + " is not claimed");
        }
        return owned;
    }

    private boolean rewrite(EtcdKeyState found, SinkProgress progress, EpochChange change) {
        Optional<OwnedProgress> done = writer.write(key, found.modRevision(), progress.by(task), change);
        done.ifPresent(now -> {
            own(now);
            uncertain = false;
        });
        return done.isPresent();
    }

    private void own(OwnedProgress now) {
        owned = now;
        schedule.written();
    }

    /**
     * Returns the change of the epoch when etcd has forgotten progress. If etcd has forgotten several partitions, only the first task to notice
     * begins a new epoch.
     */
    private EpochChange forgotten() {
        OwnedProgress known = owned();
        return new EpochChange(
                epoch -> known.epoch().isEmpty() || epoch <= known.epoch().getAsLong(),
                EpochReason.FORGOTTEN_PROGRESS,
                "etcd has forgotten what was done");
    }

    private Ownership judge(EtcdKeyState found) {
        return Ownership.judge(owned(), task, parse(found), found.modRevision());
    }

    private Optional<SinkProgress> parse(EtcdKeyState found) {
        return found.isPresent() ? Optional.of(SinkProgress.parse(toString(), found.value())) : Optional.empty();
    }

    /** Returns the name of the key. */
    @Override
    public String toString() {
        return key.text();
    }
}
