package dev.etcdpg.core.retry;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.event.LogEvent;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a task may ask a store again after a failure, and when the task must give up. The pause grows exponentially with jitter. After
 * {@code circuit.failures} failures in a row the circuit opens: the pause is then {@code retry.backoff.max.ms}, and each pause is followed by
 * one attempt.
 *
 * <p>The policy never sleeps. A sink waits by {@code SinkTaskContext.timeout} and a {@code RetriableException}, and a source waits by returning
 * from {@code poll}. Not thread-safe.
 */
public final class RetryPolicy {

    private static final Logger LOG = LoggerFactory.getLogger(RetryPolicy.class);

    private static final double MULTIPLIER = 2.0;
    private static final double JITTER = 0.5;

    private final String store;
    private final RetryConfig config;
    private final LongSupplier nanoTime;
    private final IntervalFunction backoff;
    private final RetryMetrics metrics;
    private int failures;
    /** Time of the first failure since the last success. */
    private long firstFailure;

    private Deadline next;

    /**
     * @param store name of the store for messages: "etcd" or "PostgreSQL"
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public RetryPolicy(String store, RetryConfig config, LongSupplier nanoTime) {
        this(store, config, nanoTime, RetryMetrics.hidden());
    }

    /**
     * @param store name of the store for messages: "etcd" or "PostgreSQL"
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public RetryPolicy(String store, RetryConfig config, LongSupplier nanoTime, RetryMetrics metrics) {
        this.metrics = metrics;
        this.store = store;
        this.config = config;
        this.nanoTime = nanoTime;
        this.backoff = IntervalFunction.ofExponentialRandomBackoff(
                config.backoff().toMillis(),
                MULTIPLIER,
                JITTER,
                config.backoffMax().toMillis());
        this.next = Deadline.passed(nanoTime);
    }

    /** Returns whether the pause after the last failure is over. A source asks this before each attempt. */
    public boolean isReady() {
        return next.hasPassed();
    }

    /**
     * Returns whether the circuit is open: the store has failed {@code circuit.failures} times in a row, and the pause after the last failure
     * is not over. A sink asks this before each attempt, because Connect itself delivers a batch again only after a pause.
     */
    public boolean isOpen() {
        return isTripped() && !isReady();
    }

    /** Returns the time until {@link #isReady()} is true, or zero if the store may be asked now. */
    public Duration pause() {
        return next.remaining();
    }

    /** Returns the number of failures since the last success. */
    public int failures() {
        return failures;
    }

    /**
     * Records that the store has answered. A pause that has begun continues, because one stream to a store can fail while another stream works.
     */
    public void succeeded() {
        if (failures > 0) {
            LOG.info("{} answers again after {} failed attempts", store, failures);
        }
        failures = 0;
        metrics.succeeded();
    }

    /**
     * Records that the store has failed.
     *
     * @return the pause before the next attempt
     * @throws ConnectException if the store has not answered for {@code retry.timeout.ms}
     */
    public Duration failed(Throwable cause) {
        long now = nanoTime.getAsLong();
        if (failures == 0) {
            firstFailure = now;
        }
        failures++;
        if (!config.timeout().isNegative()
                && Duration.ofNanos(now - firstFailure).compareTo(config.timeout()) >= 0) {
            metrics.exhausted();
            LogEvent.of("retries-exhausted")
                    .with("store", store)
                    .with("failures", failures)
                    .cause(cause.getMessage())
                    .error();
            throw new ConnectException(
                    store + " has not answered for " + config.timeout() + " (" + RetryConfig.TIMEOUT_MS
                            + "). Restart the task when " + store + " is available again. Last failure: "
                            + cause.getMessage(),
                    cause);
        }
        Duration pause = isTripped() ? config.backoffMax() : Duration.ofMillis(backoff.apply(failures));
        next = Deadline.after(pause, nanoTime);
        metrics.failed(failures, isTripped(), firstFailure, next);
        LOG.warn(
                "{} failed, attempt {}, next attempt in {} ms{}: {}",
                store,
                failures,
                pause.toMillis(),
                isTripped() ? " (circuit open)" : "",
                cause.getMessage());
        return pause;
    }

    private boolean isTripped() {
        return failures >= config.circuitFailures();
    }
}
