package dev.etcdpg.etcd.source;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A moment that comes. Not thread-safe. */
public final class Due {

    private final LongSupplier nanoTime;
    private long at;

    public Due() {
        this(System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    public Due(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.at = nanoTime.getAsLong();
    }

    public void in(Duration time) {
        at = nanoTime.getAsLong() + time.toNanos();
    }

    public void now() {
        at = nanoTime.getAsLong();
    }

    public boolean hasCome() {
        return nanosLeft() <= 0;
    }

    /** Negative if it has come. */
    public long nanosLeft() {
        return at - nanoTime.getAsLong();
    }
}
