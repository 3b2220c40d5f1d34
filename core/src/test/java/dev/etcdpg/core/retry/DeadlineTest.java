package dev.etcdpg.core.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    /** {@link System#nanoTime()} may have any value and may overflow. */
    private long nanos = Long.MAX_VALUE - 5;

    @Test
    void aDeadlinePassesWhenItsDurationIsOver() {
        Deadline deadline = Deadline.after(Duration.ofNanos(10), () -> nanos);
        assertThat(deadline.hasPassed()).isFalse();
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(10));
        nanos += 9;
        assertThat(deadline.hasPassed()).isFalse();
        nanos += 1;
        assertThat(deadline.hasPassed()).isTrue();
        nanos += 100;
        assertThat(deadline.hasPassed()).isTrue();
        assertThat(deadline.remainingNanos()).isZero();
    }

    @Test
    void aDurationCanExceedTheRangeOfNanoseconds() {
        Deadline deadline = Deadline.after(Duration.ofMillis(Long.MAX_VALUE), () -> nanos);
        nanos += Duration.ofDays(36_500).toNanos();
        assertThat(deadline.hasPassed()).isFalse();
    }

    @Test
    void aPassedDeadlineHasPassed() {
        assertThat(Deadline.passed(() -> nanos).hasPassed()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(-1), () -> nanos).hasPassed())
                .isTrue();
    }

    @Test
    void aRateLimitAllowsOneActionPerPeriod() {
        RateLimit limit = new RateLimit(Duration.ofMinutes(1), () -> nanos);
        assertThat(limit.isPermitted()).isTrue();
        assertThat(limit.isPermitted())
                .as("isPermitted() does not count as an action")
                .isTrue();
        limit.done();
        assertThat(limit.isPermitted()).isFalse();
        assertThat(limit.acquire()).isFalse();
        nanos += Duration.ofMinutes(1).toNanos();
        assertThat(limit.acquire()).isTrue();
        assertThat(limit.acquire()).isFalse();
    }
}
