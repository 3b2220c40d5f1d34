package dev.etcdpg.core.config;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * How a connector meets a store that does not answer.
 *
 * @param backoff before the second attempt; doubled for each further one, with jitter
 * @param backoffMax the longest pause
 * @param timeout after which the task fails; negative for never
 * @param circuitFailures failures in a row after which the circuit opens
 */
public record RetryConfig(Duration backoff, Duration backoffMax, Duration timeout, int circuitFailures) {

    public static final String BACKOFF_MS = "retry.backoff.ms";
    public static final String BACKOFF_MAX_MS = "retry.backoff.max.ms";
    public static final String TIMEOUT_MS = "retry.timeout.ms";
    public static final String CIRCUIT_FAILURES = "circuit.failures";

    private static final String GROUP = "Retries";

    public static ConfigDef define(ConfigDef def) {
        return def.define(
                        BACKOFF_MS,
                        Type.LONG,
                        100L,
                        ConfigDef.Range.between(1, 600_000),
                        Importance.MEDIUM,
                        "Pause before a failed request is tried again; doubled for each further attempt, with jitter.",
                        GROUP,
                        1,
                        Width.SHORT,
                        "Backoff (ms)")
                .define(
                        BACKOFF_MAX_MS,
                        Type.LONG,
                        10_000L,
                        ConfigDef.Range.between(1, 3_600_000),
                        Importance.MEDIUM,
                        "The longest pause between attempts, and between the probes of an open circuit.",
                        GROUP,
                        2,
                        Width.SHORT,
                        "Longest backoff (ms)")
                .define(
                        TIMEOUT_MS,
                        Type.LONG,
                        -1L,
                        ConfigDef.Range.atLeast(-1),
                        Importance.MEDIUM,
                        "After how long without success the task fails. -1: never, it goes on trying.",
                        GROUP,
                        3,
                        Width.SHORT,
                        "Retry timeout (ms)")
                .define(
                        CIRCUIT_FAILURES,
                        Type.INT,
                        5,
                        ConfigDef.Range.between(1, 1_000),
                        Importance.LOW,
                        "Failures in a row after which the circuit opens: the task takes no more records and probes once per "
                                + BACKOFF_MAX_MS + " until the store answers.",
                        GROUP,
                        4,
                        Width.SHORT,
                        "Failures that open the circuit");
    }

    public static RetryConfig of(AbstractConfig config) {
        long timeout = config.getLong(TIMEOUT_MS);
        return new RetryConfig(
                Duration.ofMillis(config.getLong(BACKOFF_MS)),
                Duration.ofMillis(Math.max(config.getLong(BACKOFF_MS), config.getLong(BACKOFF_MAX_MS))),
                Duration.ofMillis(timeout),
                config.getInt(CIRCUIT_FAILURES));
    }
}
