package dev.etcdpg.core.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows values as JMX beans that have the names of Kafka's plugin metrics. For workers that have no plugin metrics. */
final class JmxOutlet implements MetricOutlet {

    private static final Logger LOG = LoggerFactory.getLogger(JmxOutlet.class);

    /** Domain and type of the beans in which workers of Kafka 4.1 and later show plugin metrics. */
    private static final String DOMAIN = "kafka.connect";

    private static final String TYPE = "plugins";

    private final Metrics metrics;
    private final Map<String, String> owner;

    private final Runnable whenClosed;

    /** @param owner tags of the task, which come before those of a value */
    JmxOutlet(Map<String, String> owner) {
        this(owner, () -> {});
    }

    JmxOutlet(Map<String, String> owner, Runnable whenClosed) {
        this.owner = owner;
        this.whenClosed = whenClosed;
        this.metrics = new Metrics(
                new MetricConfig(), List.of(new JmxReporter()), Time.SYSTEM, new KafkaMetricsContext(DOMAIN));
    }

    @Override
    public void show(String name, String description, Map<String, String> tags, Supplier<Number> value) {
        Map<String, String> all = new LinkedHashMap<>(owner);
        all.putAll(tags);
        try {
            MetricName full = metrics.metricName(name, TYPE, description, all);
            metrics.addMetric(full, (Gauge<Number>) (config, now) -> value.get());
        } catch (RuntimeException e) {
            LOG.warn("The metric {} {} is not shown: {}", name, all, e.getMessage());
        }
    }

    @Override
    public void close() {
        metrics.close();
        whenClosed.run();
    }
}
