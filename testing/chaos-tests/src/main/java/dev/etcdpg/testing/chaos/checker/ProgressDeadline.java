package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A deadline for work that becomes less: it moves while the work makes progress, up to a limit. */
public final class ProgressDeadline {
    private final Duration withoutProgress;
    private final Duration atMost;
    private final LongSupplier nanos;
    private final long begin;
    private long since;
    private long least = Long.MAX_VALUE;

    /**
     * Starts the deadline.
     *
     * @param withoutProgress how long the work may stay the same
     * @param atMost how long the work may take
     * @param nanos replaces {@link System#nanoTime()}
     */
    ProgressDeadline(Duration withoutProgress, Duration atMost, LongSupplier nanos) {
        this.withoutProgress = withoutProgress;
        this.atMost = atMost;
        this.nanos = nanos;
        begin = nanos.getAsLong();
        since = begin;
    }

    /** Records the remaining work, and returns whether the deadline has passed. */
    boolean isOver(long left) {
        long now = nanos.getAsLong();
        if (left < least) {
            least = left;
            since = now;
        }
        return now - since >= withoutProgress.toNanos() || now - begin >= atMost.toNanos();
    }
}
