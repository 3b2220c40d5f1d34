package dev.etcdpg.core.config;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Settings of the retries when a store does not answer.
 *
 * @param backoff pause before the second attempt; it doubles with each further attempt, with jitter
 * @param backoffMax longest pause
 * @param timeout time after which the task fails; negative for never
 * @param circuitFailures failures in a row after which the circuit opens, at least 1
 */
public record RetryConfig(Duration backoff, Duration backoffMax, Duration timeout, int circuitFailures) {

    public static final String BACKOFF_MS = "retry.backoff.ms";
    public static final String BACKOFF_MAX_MS = "retry.backoff.max.ms";
    public static final String TIMEOUT_MS = "retry.timeout.ms";
    public static final String CIRCUIT_FAILURES = "circuit.failures";

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "Retries")
                .add(Setting.number(BACKOFF_MS, 1, 600_000)
                        .orElse(100L)
                        .described(
                                "Backoff (ms)",
                                "Pause before a failed request is tried again. The pause doubles with each further attempt and has "
                                        + "jitter."))
                .add(
                        Setting.number(BACKOFF_MAX_MS, 1, 3_600_000)
                                .orElse(5_000L)
                                .described(
                                        "Longest backoff (ms)",
                                        "Longest pause between two attempts. A store that is available again is noticed after at most this time."))
                .add(
                        Setting.number(TIMEOUT_MS, -1)
                                .orElse(-1L)
                                .described(
                                        "Retry timeout (ms)",
                                        "Time without success after which the task fails. -1: the task never fails and goes on trying."))
                .add(Setting.integer(CIRCUIT_FAILURES, 1, 1_000)
                        .orElse(5)
                        .minor()
                        .described(
                                "Failures that open the circuit",
                                "Number of failures in a row after which the circuit opens. While the circuit is open, the task takes "
                                        + "no records and makes one attempt per " + BACKOFF_MAX_MS
                                        + ". The first success closes the circuit."));
        return def;
    }

    /** @param config was defined with {@link #define} */
    public static RetryConfig of(AbstractConfig config) {
        long backoff = config.getLong(BACKOFF_MS);
        return new RetryConfig(
                Duration.ofMillis(backoff),
                Duration.ofMillis(Math.max(backoff, config.getLong(BACKOFF_MAX_MS))),
                Duration.ofMillis(config.getLong(TIMEOUT_MS)),
                config.getInt(CIRCUIT_FAILURES));
    }
}
