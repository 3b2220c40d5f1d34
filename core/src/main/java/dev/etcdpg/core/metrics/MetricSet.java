package dev.etcdpg.core.metrics;

import dev.etcdpg.core.metrics.Metric.Kind;
import dev.etcdpg.core.metrics.Metric.Statistic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The metrics of one task. A metric with tags has a value for each combination of tags. Each value is shown from its first use on. Thread-safe.
 */
public final class MetricSet implements AutoCloseable {

    private record Series(Metric metric, List<String> tags) {}

    private final MetricOutlet outlet;
    private final LongSupplier nanoTime;
    private final Map<Series, Object> meters = new ConcurrentHashMap<>();

    /**
     * @param outlet is closed together with the set
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public MetricSet(MetricOutlet outlet, LongSupplier nanoTime) {
        this.outlet = outlet;
        this.nanoTime = nanoTime;
    }

    /** Returns a set that shows nothing. */
    public static MetricSet hidden() {
        return new MetricSet(NoOutlet.INSTANCE, System::nanoTime);
    }

    /** Returns the time source, which has the semantics of {@link System#nanoTime()}. */
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /** @param tags values of the metric's tags, in their order */
    public Count counter(Metric metric, String... tags) {
        return meter(metric, Kind.COUNTER, tags, Count.class, Count::new);
    }

    /** @param tags values of the metric's tags, in their order */
    public Gauge gauge(Metric metric, String... tags) {
        return meter(metric, Kind.GAUGE, tags, Gauge.class, Gauge::new);
    }

    /** @param tags values of the metric's tags, in their order */
    public Distribution distribution(Metric metric, String... tags) {
        return meter(metric, Kind.DISTRIBUTION, tags, Distribution.class, () -> new Distribution(nanoTime));
    }

    private <T> T meter(Metric metric, Kind kind, String[] tags, Class<T> type, Supplier<T> create) {
        if (metric.kind() != kind || metric.tags().size() != tags.length) {
            throw new IllegalArgumentException(
                    metric.name() + " is a " + metric.kind() + " with the tags " + metric.tags());
        }
        return type.cast(meters.computeIfAbsent(new Series(metric, List.of(tags)), series -> {
            T meter = create.get();
            show(series, meter);
            return meter;
        }));
    }

    private void show(Series series, Object meter) {
        if (meter instanceof Count count) {
            show(series, series.metric().name(), count::get);
        } else if (meter instanceof Gauge gauge) {
            show(series, series.metric().name(), gauge::get);
        } else if (meter instanceof Distribution distribution) {
            for (Statistic statistic : Statistic.values()) {
                show(series, series.metric().attribute(statistic), () -> distribution.get(statistic));
            }
        }
    }

    private void show(Series series, String name, Supplier<Number> value) {
        Metric metric = series.metric();
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < series.tags().size(); i++) {
            tags.put(metric.tags().get(i), series.tags().get(i));
        }
        outlet.show(name, metric.meaning() + " Unit: " + metric.unit() + ".", tags, value);
    }

    @Override
    public void close() {
        outlet.close();
    }

    private enum NoOutlet implements MetricOutlet {
        INSTANCE;

        @Override
        public void show(String name, String description, Map<String, String> tags, Supplier<Number> value) {
            // nobody looks
        }

        @Override
        public void close() {
            // nothing is shown
        }
    }
}
