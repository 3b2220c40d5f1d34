package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.function.LongSupplier;

/** When the progress key of a partition that receives no changes must be read and written. Not thread-safe. */
public final class ProgressSchedule {

    /** Interval between reads of the key of a partition without records. */
    public static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

    /** Interval between writes of the key while only heartbeats arrive. After a restart, the records of this interval are read again. */
    private static final Duration WRITE_INTERVAL = Duration.ofMinutes(10);

    private final RateLimit checks;
    private final RateLimit writes;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    ProgressSchedule(LongSupplier nanoTime) {
        this.checks = new RateLimit(CHECK_INTERVAL, nanoTime);
        this.writes = new RateLimit(WRITE_INTERVAL, nanoTime);
    }

    /** Returns whether the key must be read, because it was neither read nor written for a while. */
    boolean isCheckDue() {
        return checks.isPermitted();
    }

    /** Returns whether the key must be written if there is any progress. */
    boolean isWriteDue() {
        return writes.isPermitted();
    }

    /** Records that the key was read, and has the known content. */
    void checked() {
        checks.done();
    }

    /** Records that the key was written. */
    void written() {
        checks.done();
        writes.done();
    }
}
