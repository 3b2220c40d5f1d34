package dev.etcdpg.etcd.source;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A moment that comes. Not thread-safe. */
final class Due {

    private final LongSupplier nanoTime;
    private long at;

    Due() {
        this(System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    Due(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.at = nanoTime.getAsLong();
    }

    void in(Duration time) {
        at = nanoTime.getAsLong() + time.toNanos();
    }

    void now() {
        at = nanoTime.getAsLong();
    }

    boolean hasCome() {
        return nanosLeft() <= 0;
    }

    /** Negative if it has come. */
    long nanosLeft() {
        return at - nanoTime.getAsLong();
    }
}
