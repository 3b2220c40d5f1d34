package dev.etcdpg.core.retry;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Allows an action at most once per period. The period begins when the action is reported as done and not when it is permitted, so that an
 * action that fails can be tried again at once. Not thread-safe.
 */
public final class RateLimit {

    private final Duration period;
    private final LongSupplier nanoTime;
    private Deadline next;

    /**
     * Creates a limit that permits the first action at once.
     *
     * @param period shortest time between two actions
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public RateLimit(Duration period, LongSupplier nanoTime) {
        this.period = period;
        this.nanoTime = nanoTime;
        this.next = Deadline.passed(nanoTime);
    }

    /** Returns whether the last reported action is at least one period ago, or no action was reported. */
    public boolean isPermitted() {
        return next.hasPassed();
    }

    /** Reports that the action was done: the next one is permitted after one period. */
    public void done() {
        next = Deadline.after(period, nanoTime);
    }

    /** Permits and reports an action that cannot fail, such as a log message. Returns whether the action is permitted. */
    public boolean acquire() {
        boolean permitted = isPermitted();
        if (permitted) {
            done();
        }
        return permitted;
    }
}
