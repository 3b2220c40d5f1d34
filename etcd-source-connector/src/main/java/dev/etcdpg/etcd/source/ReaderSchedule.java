package dev.etcdpg.etcd.source;

import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The times of the next heartbeat, of the next look at etcd's state, and of the next regular snapshot. Not thread-safe. */
final class ReaderSchedule {

    private final ReaderSettings settings;
    private final LongSupplier nanoTime;
    private Deadline heartbeat;
    private Deadline look;
    private @Nullable Deadline snapshot;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    ReaderSchedule(ReaderSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.heartbeat = Deadline.passed(nanoTime);
        this.look = Deadline.passed(nanoTime);
        snapshotBegan();
    }

    void restart() {
        heartbeat = after(settings.heartbeat());
        look = after(settings.lookInterval());
    }

    /** Returns whether etcd's state must be read, for a look or before a heartbeat. */
    boolean isLookDue() {
        return look.hasPassed() || heartbeat.hasPassed();
    }

    boolean isHeartbeatDue() {
        return heartbeat.hasPassed();
    }

    void looked() {
        look = after(settings.lookInterval());
    }

    void heartbeatSent() {
        heartbeat = after(settings.heartbeat());
    }

    /** Makes the next heartbeat due now. */
    void sendHeartbeatNow() {
        heartbeat = Deadline.passed(nanoTime);
    }

    /** Returns whether all keys must be read again. It is decided with each look. */
    boolean isSnapshotDue() {
        return snapshot != null && snapshot.hasPassed();
    }

    void snapshotBegan() {
        snapshot = settings.snapshotInterval().map(this::after).orElse(null);
    }

    long nanosUntilLook() {
        return Math.min(look.remainingNanos(), heartbeat.remainingNanos());
    }

    private Deadline after(Duration time) {
        return Deadline.after(time, nanoTime);
    }
}
