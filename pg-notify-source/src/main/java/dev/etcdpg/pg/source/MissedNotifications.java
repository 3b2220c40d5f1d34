package dev.etcdpg.pg.source;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Counts dispatches that found changes of which no notification told. A single one says nothing: the notification of a change may come a moment
 * after the change was found. Pure. Not thread-safe.
 */
final class MissedNotifications {

    /** Number of dispatches in a row after which something must be wrong. */
    static final int MANY = 10;

    /** Time in which the notification of a change that was found may still come. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(10);

    private final LongSupplier nanoTime;
    private final RateLimit reports;
    private Deadline grace;
    private int missed;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    MissedNotifications(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.reports = new RateLimit(REPORT_INTERVAL, nanoTime);
        this.grace = Deadline.passed(nanoTime);
    }

    /** A notification has come. */
    void notified() {
        missed = 0;
        grace = Deadline.passed(nanoTime);
    }

    /**
     * Changes were found without a notification.
     *
     * @return whether to log it
     */
    boolean found() {
        if (!grace.hasPassed()) {
            return false;
        }
        grace = Deadline.after(GRACE, nanoTime);
        missed++;
        return missed >= MANY && reports.acquire();
    }
}
