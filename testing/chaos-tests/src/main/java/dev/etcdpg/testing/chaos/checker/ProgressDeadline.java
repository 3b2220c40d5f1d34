package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long it is waited for something that becomes less and less: as long as it does, but not forever. */
public final class ProgressDeadline {
    private final Duration withoutProgress;
    private final Duration atMost;
    private final LongSupplier nanos;
    private final long begin;
    private long since;
    private long least = Long.MAX_VALUE;

    /**
     * It begins now.
     *
     * @param withoutProgress how long nothing may become less
     * @param atMost how long it may take
     * @param nanos the time, as {@link System#nanoTime()} has it
     */
    ProgressDeadline(Duration withoutProgress, Duration atMost, LongSupplier nanos) {
        this.withoutProgress = withoutProgress;
        this.atMost = atMost;
        this.nanos = nanos;
        begin = nanos.getAsLong();
        since = begin;
    }

    /** Whether it is over, though so much is left. */
    boolean isOver(long left) {
        long now = nanos.getAsLong();
        if (left < least) {
            least = left;
            since = now;
        }
        return now - since >= withoutProgress.toNanos() || now - begin >= atMost.toNanos();
    }
}
