package dev.etcdpg.testing.kit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;

/** Plugin metrics that a test can read. It refuses what the worker's own refuse. Thread-safe. */
public final class TestPluginMetrics implements PluginMetrics {

    private final Map<MetricName, MetricValueProvider<?>> metrics = new ConcurrentHashMap<>();

    @Override
    @SuppressWarnings("NonApiType") // Kafka's signature
    public MetricName metricName(String name, String description, LinkedHashMap<String, String> tags) {
        return new MetricName(name, "plugins", description, tags);
    }

    @Override
    public void addMetric(MetricName name, MetricValueProvider<?> value) {
        if (metrics.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("Metric " + name + " already exists");
        }
    }

    @Override
    public void removeMetric(MetricName name) {
        if (metrics.remove(name) == null) {
            throw new IllegalArgumentException("Metric " + name + " does not exist");
        }
    }

    /** @throws UnsupportedOperationException always; the connectors use no sensors */
    @Override
    public Sensor addSensor(String name) {
        throw new UnsupportedOperationException("sensors");
    }

    /** @throws UnsupportedOperationException always; the connectors use no sensors */
    @Override
    public void removeSensor(String name) {
        throw new UnsupportedOperationException("sensors");
    }

    /** Returns the names of all metrics that are shown, in order. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        metrics.keySet().forEach(name -> names.add(name.name()));
        return names;
    }

    /**
     * Returns the present value of a metric.
     *
     * @param tags values of its own tags, in their order
     * @throws AssertionError if it is not shown
     */
    public double value(String name, String... tags) {
        for (Map.Entry<MetricName, MetricValueProvider<?>> metric : metrics.entrySet()) {
            if (metric.getKey().name().equals(name)
                    && Arrays.asList(tags)
                            .equals(metric.getKey().tags().values().stream().toList())) {
                return ((Number) ((Gauge<?>) metric.getValue()).value(new MetricConfig(), 0)).doubleValue();
            }
        }
        throw new AssertionError(name + " " + Arrays.toString(tags) + " is not among " + metrics.keySet());
    }
}
