package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.kit.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeferredTimerTest {

    private final TestClock clock = TestClock.stopped();
    private final DeferredTimer timer = new DeferredTimer(clock::nanoTime);

    /** Connect waits for whole milliseconds. */
    @Test
    void theTimerIsDueAfterThePause() {
        timer.update(1);
        clock.advance(Duration.ofNanos(300_000));
        assertThat(timer.isDue()).isFalse();
        clock.advance(Duration.ofMillis(timer.pauseMs()));
        assertThat(timer.isDue()).isTrue();
    }

    @Test
    void pausesGrowWhileNoKeyIsApplied() {
        timer.update(2);
        for (long pause : new long[] {10, 20, 40, 80, 160, 250, 250}) {
            assertThat(timer.pauseMs()).isEqualTo(pause);
            clock.advance(Duration.ofMillis(pause));
            timer.update(2);
        }
        timer.update(1);
        assertThat(timer.pauseMs()).isEqualTo(10);
        timer.update(0);
        assertThat(timer.isWaiting()).isFalse();
    }
}
