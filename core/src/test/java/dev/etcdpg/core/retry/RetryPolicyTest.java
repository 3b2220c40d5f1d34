package dev.etcdpg.core.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.RetryConfig;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private long nanos;
    private final Exception away = new Exception("away");

    private RetryPolicy policy(Duration timeout) {
        return new RetryPolicy(
                "etcd", new RetryConfig(Duration.ofMillis(100), Duration.ofMillis(1_000), timeout, 4), () -> nanos);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void pausesGrowWithJitterAndAreBounded() {
        RetryPolicy policy = policy(Duration.ofMillis(-1));
        assertThat(policy.failed(away)).isBetween(Duration.ofMillis(50), Duration.ofMillis(150));
        assertThat(policy.failed(away)).isBetween(Duration.ofMillis(100), Duration.ofMillis(300));
        assertThat(policy.failed(away)).isBetween(Duration.ofMillis(200), Duration.ofMillis(600));
        for (int i = 0; i < 20; i++) {
            assertThat(policy.failed(away)).isLessThanOrEqualTo(Duration.ofMillis(1_000));
        }
    }

    @Test
    void thePolicyIsReadyWhenThePauseIsOver() {
        RetryPolicy policy = policy(Duration.ofMillis(-1));
        assertThat(policy.isReady()).isTrue();
        Duration pause = policy.failed(away);
        assertThat(policy.isReady()).isFalse();
        assertThat(policy.pause()).isEqualTo(pause);
        pass(pause);
        assertThat(policy.isReady()).isTrue();
        assertThat(policy.pause()).isZero();
    }

    @Test
    void theCircuitOpensAllowsOneAttemptPerPauseAndCloses() {
        RetryPolicy policy = policy(Duration.ofMillis(-1));
        for (int i = 0; i < 4; i++) {
            assertThat(policy.isOpen()).isFalse();
            policy.failed(away);
        }
        assertThat(policy.isOpen()).isTrue();
        assertThat(policy.pause()).isEqualTo(Duration.ofMillis(1_000));
        pass(Duration.ofMillis(1_000));
        assertThat(policy.isOpen()).as("one attempt").isFalse();
        assertThat(policy.failed(away)).as("no jitter").isEqualTo(Duration.ofMillis(1_000));
        assertThat(policy.isOpen()).as("open again").isTrue();
        pass(Duration.ofMillis(1_000));
        policy.succeeded();
        assertThat(policy.failed(away)).as("closed").isLessThanOrEqualTo(Duration.ofMillis(150));
        assertThat(policy.isOpen()).isFalse();
    }

    @Test
    void theTaskFailsAfterTheTimeout() {
        RetryPolicy policy = policy(Duration.ofSeconds(5));
        policy.failed(away);
        pass(Duration.ofSeconds(6));
        assertThatThrownBy(() -> policy.failed(away))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("retry.timeout.ms");
    }

    @Test
    void aSuccessResetsTheCountOfFailures() {
        RetryPolicy policy = policy(Duration.ofSeconds(5));
        policy.failed(away);
        assertThat(policy.failures()).isEqualTo(1);
        policy.succeeded();
        assertThat(policy.failures()).isZero();
        assertThat(policy.isReady()).as("the pause is not over").isFalse();
        pass(Duration.ofSeconds(6));
        assertThat(policy.failed(away)).isLessThanOrEqualTo(Duration.ofMillis(150));
    }
}
