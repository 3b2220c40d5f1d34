package dev.etcdpg.core.metrics;

import dev.etcdpg.core.metrics.Metric.Statistic;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.metrics.stats.Percentiles;
import org.apache.kafka.common.metrics.stats.Percentiles.BucketSizing;

/**
 * The values of the last minute, as percentiles and their maximum. The percentiles are exact to some percent; a percentile of more than ten minutes
 * is shown as ten minutes. Thread-safe.
 */
public final class Distribution {

    /** Two samples of half a minute, as in Kafka's own metrics. */
    private static final MetricConfig WINDOW = new MetricConfig().samples(2).timeWindow(30, TimeUnit.SECONDS);

    private static final long WINDOW_MS = TimeUnit.SECONDS.toMillis(60);
    /** Largest value that the percentiles tell apart, ten minutes in ms. */
    private static final double LARGEST = 600_000;
    /** Bytes of the buckets of a sample. The width of the buckets grows with their values: 0.4 at 10, 2 at 500, 11 at 10,000. */
    private static final int BYTES = 40_000;

    private final LongSupplier nanoTime;
    private final Percentiles percentiles = new Percentiles(BYTES, LARGEST, BucketSizing.LINEAR);
    private final Max max = new Max();
    private long last;
    private boolean isEmpty = true;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    Distribution(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds a value. A negative one counts as 0, for example a duration between the clocks of two machines. */
    public synchronized void record(double value) {
        long now = now();
        double counted = Math.max(0, value);
        percentiles.record(WINDOW, counted, now);
        max.record(WINDOW, counted, now);
        last = now;
        isEmpty = false;
    }

    /** Adds a value. */
    public void record(long value) {
        record((double) value);
    }

    /** Adds the time since a moment, in ms. */
    public void recordSince(long startNanos) {
        record((nanoTime.getAsLong() - startNanos) / 1e6);
    }

    /** Returns the statistic of the last minute; NaN if nothing was recorded in that time. */
    public synchronized double get(Statistic statistic) {
        long now = now();
        if (isEmpty || now - last >= WINDOW_MS) {
            return Double.NaN;
        }
        double highest = max.measure(WINDOW, now);
        // a percentile is a bound of its bucket
        return statistic == Statistic.MAX
                ? highest
                : Math.min(highest, percentiles.value(WINDOW, now, statistic.quantile()));
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }
}
