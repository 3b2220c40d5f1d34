package dev.etcdpg.pg.sink;

import java.time.Clock;

/** When to look again at what somebody else holds: soon at first, then less and less often. */
final class DeferredTimer {

    private static final long SHORTEST_MS = 10;
    private static final long LONGEST_MS = 250;

    private final Clock clock;
    private int items;
    private long pause = SHORTEST_MS;
    private long due;

    DeferredTimer(Clock clock) {
        this.clock = clock;
    }

    /** @param now how many items are set aside */
    void update(int now) {
        if (now < items || items == 0) {
            pause = SHORTEST_MS;
        } else if (isDue()) {
            pause = Math.min(LONGEST_MS, pause * 2);
        }
        if (now != items || isDue()) {
            due = clock.millis() + pause;
        }
        items = now;
    }

    boolean isWaiting() {
        return items > 0;
    }

    boolean isDue() {
        return isWaiting() && clock.millis() >= due;
    }

    /** At least 1 ms. */
    long pause() {
        return Math.max(1, due - clock.millis());
    }
}
