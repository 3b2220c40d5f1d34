package dev.etcdpg.testing.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TestClockTest {

    @Test
    void aStoppedClockMovesOnlyWhenItIsAdvanced() {
        TestClock clock = TestClock.stopped();
        clock.advance(Duration.ofMillis(7));
        assertThat(clock.instant()).isEqualTo(TestClock.START.plusMillis(7));
        assertThat(clock.millis()).isEqualTo(1_800_000_000_007L);
        assertThat(clock.nanoTime()).isEqualTo(1_800_000_000_007_000_000L);
    }

    @Test
    void aTickingClockIsAheadOfTheSystem() {
        TestClock clock = TestClock.ticking();
        clock.advance(Duration.ofHours(1));
        assertThat(clock.instant()).isAfter(Instant.now().plus(Duration.ofMinutes(59)));
    }
}
