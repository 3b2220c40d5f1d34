package dev.etcdpg.core.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
    void theMetricsShowTheStateOfTheStore() {
        TestPluginMetrics shown = new TestPluginMetrics();
        RetryPolicy policy = new RetryPolicy(
                "etcd watch",
                new RetryConfig(Duration.ofMillis(100), Duration.ofMillis(1_000), Duration.ofSeconds(60), 2),
                () -> nanos,
                new RetryMetrics(TaskMetrics.of(shown, () -> nanos), "etcd watch"));
        assertThat(shown.value("retries-total", "etcd-watch")).isZero();
        assertThat(shown.value("circuit-open", "etcd-watch")).isZero();

        policy.failed(away);
        policy.failed(away);
        pass(Duration.ofMillis(400));
        assertThat(shown.value("retries-total", "etcd-watch")).isEqualTo(2);
        assertThat(shown.value("consecutive-failures", "etcd-watch")).isEqualTo(2);
        assertThat(shown.value("circuit-open", "etcd-watch")).isEqualTo(1);
        assertThat(shown.value("backoff-ms", "etcd-watch")).isEqualTo(600);
        assertThat(shown.value("store-unavailable-ms", "etcd-watch")).isEqualTo(400);

        policy.succeeded();
        assertThat(shown.value("consecutive-failures", "etcd-watch")).isZero();
        assertThat(shown.value("circuit-open", "etcd-watch")).isZero();
        assertThat(shown.value("backoff-ms", "etcd-watch")).isZero();
        assertThat(shown.value("store-unavailable-ms", "etcd-watch")).isZero();
        assertThat(shown.value("retries-total", "etcd-watch")).isEqualTo(2);

        policy.failed(away);
        pass(Duration.ofSeconds(61));
        assertThatThrownBy(() -> policy.failed(away)).isInstanceOf(ConnectException.class);
        assertThat(shown.value("retries-exhausted-total", "etcd-watch")).isEqualTo(1);
    }

    @Test
    void anExhaustedRetryIsLogged() {
        RetryPolicy policy = policy(Duration.ofSeconds(5));
        policy.failed(away);
        pass(Duration.ofSeconds(6));
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            assertThatThrownBy(() -> policy.failed(away)).isInstanceOf(ConnectException.class);
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("dev.etcdpg.events - event=retries-exhausted store=etcd failures=2 cause=away");
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
