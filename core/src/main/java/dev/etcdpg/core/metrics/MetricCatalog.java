package dev.etcdpg.core.metrics;

import dev.etcdpg.core.metrics.Metric.Kind;
import java.util.ArrayList;
import java.util.List;

/** The metrics of a connector or a transform. The reference for users is generated from it. */
public final class MetricCatalog {

    private final List<Metric> metrics = new ArrayList<>();

    /** Declares a counter. The parameters are those of {@link Metric}. */
    public Metric counter(String name, String unit, String meaning, String... tags) {
        return add(new Metric(name, Kind.COUNTER, unit, meaning, List.of(tags)));
    }

    /** Declares a gauge. The parameters are those of {@link Metric}. */
    public Metric gauge(String name, String unit, String meaning, String... tags) {
        return add(new Metric(name, Kind.GAUGE, unit, meaning, List.of(tags)));
    }

    /** Declares a distribution. The parameters are those of {@link Metric}. */
    public Metric distribution(String name, String unit, String meaning, String... tags) {
        return add(new Metric(name, Kind.DISTRIBUTION, unit, meaning, List.of(tags)));
    }

    /** Adds metrics that several connectors share. */
    public MetricCatalog include(MetricCatalog shared) {
        shared.metrics.forEach(this::add);
        return this;
    }

    private Metric add(Metric metric) {
        if (metrics.stream().anyMatch(known -> known.name().equals(metric.name()))) {
            throw new IllegalArgumentException("The metric " + metric.name() + " is declared twice");
        }
        metrics.add(metric);
        return metric;
    }

    public List<Metric> metrics() {
        return List.copyOf(metrics);
    }
}
