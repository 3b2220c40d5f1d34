package dev.etcdpg.etcd.source;

import java.time.Duration;

/** A moment that comes. Not thread-safe. */
final class Due {

    private long at = System.nanoTime();

    void in(Duration time) {
        at = System.nanoTime() + time.toNanos();
    }

    void now() {
        at = System.nanoTime();
    }

    boolean hasCome() {
        return nanosLeft() <= 0;
    }

    /** Negative if it has come. */
    long nanosLeft() {
        return at - System.nanoTime();
    }
}
