package dev.etcdpg.core.retry;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A moment in the future, measured by a monotonic clock. A change of the system's wall clock does not move it. Immutable.
 *
 * <p>All elapsed time in the connectors is measured in this way: the time source is a {@code LongSupplier} with the semantics of {@link
 * System#nanoTime()}. {@code java.time.Clock} is for timestamps that leave the process, such as an epoch.
 */
public final class Deadline {

    /** Longest duration, about 146 years. Longer durations are cut, because the difference of two times must not overflow. */
    private static final long LONGEST = Long.MAX_VALUE / 2;

    private final LongSupplier nanoTime;
    private final long at;

    private Deadline(LongSupplier nanoTime, long at) {
        this.nanoTime = nanoTime;
        this.at = at;
    }

    /**
     * @param time from now on; zero or negative for a deadline that has passed
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public static Deadline after(Duration time, LongSupplier nanoTime) {
        return new Deadline(nanoTime, nanoTime.getAsLong() + nanos(time));
    }

    /** Returns a deadline that has passed already. */
    public static Deadline passed(LongSupplier nanoTime) {
        return after(Duration.ZERO, nanoTime);
    }

    public boolean hasPassed() {
        return left() <= 0;
    }

    /** Returns the time until the deadline, or zero if the deadline has passed. */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /** Returns the nanoseconds until the deadline, or zero if the deadline has passed. */
    public long remainingNanos() {
        return Math.max(0, left());
    }

    private long left() {
        return at - nanoTime.getAsLong();
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofNanos(LONGEST)) < 0 ? time.toNanos() : LONGEST;
    }
}
