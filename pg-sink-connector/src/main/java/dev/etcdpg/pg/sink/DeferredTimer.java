package dev.etcdpg.pg.sink;

import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells when to try deferred inputs again: soon at first, then less and less often. */
final class DeferredTimer {

    private static final long SHORTEST_MS = 10;
    private static final long LONGEST_MS = 250;

    private final LongSupplier nanoTime;
    private int inputs;
    private long pauseMs = SHORTEST_MS;
    private Deadline next;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    DeferredTimer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.next = Deadline.passed(nanoTime);
    }

    /** @param now number of deferred inputs */
    void update(int now) {
        if (now < inputs || inputs == 0) {
            pauseMs = SHORTEST_MS;
        } else if (isDue()) {
            pauseMs = Math.min(LONGEST_MS, pauseMs * 2);
        }
        if (now != inputs || isDue()) {
            next = Deadline.after(Duration.ofMillis(pauseMs), nanoTime);
        }
        inputs = now;
    }

    boolean isWaiting() {
        return inputs > 0;
    }

    boolean isDue() {
        return isWaiting() && next.hasPassed();
    }

    /** Returns the time until the next attempt in ms, at least 1. The time is rounded up, so that {@link #isDue} is true after it. */
    long pauseMs() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.remainingNanos() + 999_999));
    }
}
