package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressDeadlineTest {
    private long second;
    private final ProgressDeadline patience =
            new ProgressDeadline(Duration.ofSeconds(3), Duration.ofSeconds(10), () -> Duration.ofSeconds(second)
                    .toNanos());

    private boolean isOver(long atSecond, long left) {
        second = atSecond;
        return patience.isOver(left);
    }

    @Test
    void lastsAsLongAsThereIsProgress() {
        assertThat(isOver(0, 9)).isFalse();
        assertThat(isOver(2, 8)).isFalse();
        assertThat(isOver(4, 7)).isFalse();
        assertThat(isOver(6, 7)).isFalse();
        assertThat(isOver(7, 7)).isTrue();
    }

    @Test
    void moreIsNoProgress() {
        assertThat(isOver(0, 5)).isFalse();
        assertThat(isOver(1, 9)).isFalse();
        assertThat(isOver(2, 8)).isFalse();
        assertThat(isOver(3, 7)).isTrue();
    }

    @Test
    void progressDoesNotMakeItLastForever() {
        for (int i = 1; i < 10; i++) {
            assertThat(isOver(i, 100 - i)).isFalse();
        }
        assertThat(isOver(10, 1)).isTrue();
    }

    @Test
    void whoDoesNotAnswerMakesNoProgress() {
        assertThat(isOver(1, Long.MAX_VALUE)).isFalse();
        assertThat(isOver(3, Long.MAX_VALUE)).isTrue();
    }
}
