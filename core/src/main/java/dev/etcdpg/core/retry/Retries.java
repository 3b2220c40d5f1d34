package dev.etcdpg.core.retry;

import dev.etcdpg.core.config.RetryConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the failures of one task against one store. It does not sleep: it says how long to wait, because a sink waits with {@code
 * SinkTaskContext.timeout} and a {@code RetriableException}, and a source by returning from {@code poll}. Not thread-safe.
 */
public final class Retries {

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private final String store;
    private final RetryConfig config;
    private final Clock clock;
    private final IntervalFunction backoff;
    private final CircuitBreaker circuit;
    private int failures;
    private Instant firstFailure;

    /** @param store for messages: "etcd" or "PostgreSQL" */
    public Retries(String store, RetryConfig config, Clock clock) {
        this.store = store;
        this.config = config;
        this.clock = clock;
        this.backoff = IntervalFunction.ofExponentialRandomBackoff(
                config.backoff().toMillis(), 2.0, 0.5, config.backoffMax().toMillis());
        this.circuit = CircuitBreaker.of(
                store,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(config.circuitFailures())
                        .minimumNumberOfCalls(config.circuitFailures())
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(config.backoffMax())
                        .clock(clock)
                        .build());
    }

    /**
     * Whether the store may be asked now. False while the circuit is open; the first call after its pause is the probe. Every call that is
     * answered with true must be followed by {@link #succeeded()} or {@link #failed(Exception)}.
     */
    public boolean mayTry() {
        return circuit.tryAcquirePermission();
    }

    public void succeeded() {
        if (failures > 0) {
            LOG.info("{} answers again after {} failed attempts", store, failures);
        }
        failures = 0;
        firstFailure = null;
        circuit.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /**
     * @return how long to wait before the next attempt
     * @throws ConnectException if there was no success for {@code retry.timeout.ms}
     */
    public Duration failed(Exception cause) {
        Instant now = clock.instant();
        failures++;
        if (firstFailure == null) {
            firstFailure = now;
        }
        circuit.onError(0, TimeUnit.NANOSECONDS, cause);
        if (!config.timeout().isNegative()
                && Duration.between(firstFailure, now).compareTo(config.timeout()) >= 0) {
            throw new ConnectException(
                    store + " has not answered for " + config.timeout() + " (" + RetryConfig.TIMEOUT_MS
                            + "). Restart the task when it is back. Last: " + cause.getMessage(),
                    cause);
        }
        Duration pause = pause();
        LOG.warn(
                "{}, attempt {}, again in {} ms{}: {}",
                store,
                failures,
                pause.toMillis(),
                isOpen() ? " (circuit open)" : "",
                cause.getMessage());
        return pause;
    }

    /** How long to wait before {@link #mayTry()} is worth asking again. */
    public Duration pause() {
        return isOpen() ? config.backoffMax() : Duration.ofMillis(backoff.apply(Math.max(1, failures)));
    }

    public boolean isOpen() {
        return circuit.getState() == CircuitBreaker.State.OPEN;
    }
}
