package dev.etcdpg.core.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows values as Kafka's plugin metrics, through the reporters of the worker. Only Kafka 4.1 and later have the classes that this class uses,
 * so only {@link TaskMetrics} may name it.
 */
final class PluginMetricsOutlet implements MetricOutlet {

    private static final Logger LOG = LoggerFactory.getLogger(PluginMetricsOutlet.class);

    private final PluginMetrics metrics;
    private final Queue<MetricName> shown = new ConcurrentLinkedQueue<>();

    PluginMetricsOutlet(PluginMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void show(String name, String description, Map<String, String> tags, Supplier<Number> value) {
        try {
            MetricName full = metrics.metricName(name, description, new LinkedHashMap<>(tags));
            metrics.addMetric(full, (Gauge<Number>) (config, now) -> value.get());
            shown.add(full);
        } catch (RuntimeException e) {
            // for example a task that was abandoned and still has the name; no task fails because of a metric
            LOG.warn("The metric {} {} is not shown: {}", name, tags, e.getMessage());
        }
    }

    @Override
    public void close() {
        for (MetricName name = shown.poll(); name != null; name = shown.poll()) {
            try {
                metrics.removeMetric(name);
            } catch (RuntimeException e) {
                LOG.debug("The worker has removed the metric {} already", name);
            }
        }
    }
}
