package dev.etcdpg.core.retry;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Allows an action at most once per period. The period begins when the action is reported as done, not when it is permitted: an action that
 * fails can be tried again at once. Not thread-safe.
 */
public final class RateLimit {

    private final Duration period;
    private final LongSupplier nanoTime;
    private Deadline next;

    /**
     * The first action is permitted at once.
     *
     * @param period shortest time between two actions
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public RateLimit(Duration period, LongSupplier nanoTime) {
        this.period = period;
        this.nanoTime = nanoTime;
        this.next = Deadline.passed(nanoTime);
    }

    /** Whether the last action is at least one period ago, or none was reported. */
    public boolean isPermitted() {
        return next.hasPassed();
    }

    /** Reports that the action was done: the next one is permitted after one period. */
    public void done() {
        next = Deadline.after(period, nanoTime);
    }

    /** Permits and reports an action that cannot fail, such as a log message. Returns whether it is permitted. */
    public boolean acquire() {
        boolean permitted = isPermitted();
        if (permitted) {
            done();
        }
        return permitted;
    }
}
