package dev.etcdpg.core.retry;

import dev.etcdpg.core.metrics.Count;
import dev.etcdpg.core.metrics.Gauge;
import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.metrics.MetricSet;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The metrics of a {@link RetryPolicy}. */
public final class RetryMetrics {

    /** The metrics, which all connectors have. */
    public static final MetricCatalog CATALOG = new MetricCatalog();

    private static final String STORE = "store";

    private static final Metric RETRIES = CATALOG.counter(
            "retries-total", "attempts", "Attempts that failed and are followed by another one.", STORE);
    private static final Metric EXHAUSTED = CATALOG.counter(
            "retries-exhausted-total",
            "failures",
            "Times that the task gave up, because the store had not answered for retry.timeout.ms. The task is failed then.",
            STORE);
    private static final Metric FAILURES = CATALOG.gauge(
            "consecutive-failures", "attempts", "Attempts that failed since the store has answered last.", STORE);
    private static final Metric OPEN = CATALOG.gauge(
            "circuit-open",
            "0 or 1",
            "Whether the circuit is open: circuit.failures attempts have failed in a row, and the pauses are retry.backoff.max.ms long.",
            STORE);
    private static final Metric BACKOFF =
            CATALOG.gauge("backoff-ms", "ms", "Time until the next attempt; 0 if there is no pause.", STORE);
    private static final Metric UNAVAILABLE = CATALOG.gauge(
            "store-unavailable-ms",
            "ms",
            "Time since the first of the consecutive failures; 0 while the store answers.",
            STORE);

    private final LongSupplier nanoTime;
    private final Count retries;
    private final Count exhausted;
    private final Gauge failures;
    private final Gauge open;
    private final Gauge backoff;
    private final Gauge unavailable;

    /** @param store name of the store as in {@link RetryPolicy} */
    public RetryMetrics(MetricSet metrics, String store) {
        String tag = store.toLowerCase(Locale.ROOT).replace(' ', '-');
        nanoTime = metrics.nanoTime();
        retries = metrics.counter(RETRIES, tag);
        exhausted = metrics.counter(EXHAUSTED, tag);
        failures = metrics.gauge(FAILURES, tag);
        open = metrics.gauge(OPEN, tag);
        backoff = metrics.gauge(BACKOFF, tag);
        unavailable = metrics.gauge(UNAVAILABLE, tag);
        succeeded();
    }

    /** Returns metrics that nobody sees. */
    static RetryMetrics hidden() {
        return new RetryMetrics(MetricSet.hidden(), "hidden");
    }

    void succeeded() {
        failures.set(0);
        open.set(false);
        backoff.set(0);
        unavailable.set(0);
    }

    void failed(int inARow, boolean isOpen, long firstFailure, Deadline next) {
        retries.increment();
        failures.set(inARow);
        open.set(isOpen);
        backoff.follow(() -> next.remainingNanos() / 1e6);
        unavailable.follow(() -> (nanoTime.getAsLong() - firstFailure) / 1e6);
    }

    void exhausted() {
        exhausted.increment();
    }
}
