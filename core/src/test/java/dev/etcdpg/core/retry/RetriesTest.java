package dev.etcdpg.core.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.RetryConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class RetriesTest {

    private static final class FakeClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final FakeClock clock = new FakeClock();
    private final Exception away = new Exception("away");

    private Retries retries(Duration timeout) {
        return new Retries(
                "etcd", new RetryConfig(Duration.ofMillis(100), Duration.ofMillis(1_000), timeout, 4), clock);
    }

    @Test
    void pausesGrowWithJitterAndAreBounded() {
        Retries retries = retries(Duration.ofMillis(-1));
        assertThat(retries.failed(away)).isBetween(Duration.ofMillis(50), Duration.ofMillis(150));
        assertThat(retries.failed(away)).isBetween(Duration.ofMillis(100), Duration.ofMillis(300));
        assertThat(retries.failed(away)).isBetween(Duration.ofMillis(200), Duration.ofMillis(600));
        for (int i = 0; i < 20; i++) {
            assertThat(retries.failed(away)).isLessThanOrEqualTo(Duration.ofMillis(1_000));
        }
    }

    @Test
    void theCircuitOpensProbesAndCloses() {
        Retries retries = retries(Duration.ofMillis(-1));
        for (int i = 0; i < 4; i++) {
            assertThat(retries.mayTry()).isTrue();
            retries.failed(away);
        }
        assertThat(retries.mayTry()).isFalse();
        assertThat(retries.pause()).isEqualTo(Duration.ofMillis(1_000));
        clock.now = clock.now.plusMillis(1_001);
        assertThat(retries.mayTry()).as("the probe").isTrue();
        assertThat(retries.mayTry()).as("only one probe").isFalse();
        retries.succeeded();
        assertThat(retries.mayTry()).isTrue();
    }

    @Test
    void theTimeoutFailsTheTask() {
        Retries retries = retries(Duration.ofSeconds(5));
        retries.failed(away);
        clock.now = clock.now.plusSeconds(6);
        assertThatThrownBy(() -> retries.failed(away))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("retry.timeout.ms");
    }

    @Test
    void successForgetsTheFailures() {
        Retries retries = retries(Duration.ofSeconds(5));
        retries.failed(away);
        retries.succeeded();
        clock.now = clock.now.plusSeconds(6);
        assertThat(retries.failed(away)).isLessThanOrEqualTo(Duration.ofMillis(150));
    }
}
