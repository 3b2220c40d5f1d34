package dev.etcdpg.core.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the metrics of tasks: as plugin metrics where the worker has them (Kafka 4.1 and later), otherwise as JMX beans of the same names.
 */
public final class TaskMetrics {

    private static final Logger LOG = LoggerFactory.getLogger(TaskMetrics.class);

    /** Name of the thread in which Connect runs a task. An older worker tells a task its number nowhere else. */
    private static final Pattern THREAD = Pattern.compile("task-thread-(?<connector>.+)-(?<task>\\d+)");

    /** The owners of the beans of all transforms. */
    private static final Set<Map<String, String>> TRANSFORMS = ConcurrentHashMap.newKeySet();

    private TaskMetrics() {}

    /** Returns the metrics of the task that calls this method in its start. */
    public static MetricSet of(SourceTaskContext context, LongSupplier nanoTime) {
        return open(() -> FromContext.of(context), nanoTime);
    }

    /** Returns the metrics of the task that calls this method in its start. */
    public static MetricSet of(SinkTaskContext context, LongSupplier nanoTime) {
        return open(() -> FromContext.of(context), nanoTime);
    }

    /** Returns the metrics that a worker has given to a plugin. */
    public static MetricSet of(PluginMetrics metrics, LongSupplier nanoTime) {
        return new MetricSet(new PluginMetricsOutlet(metrics), nanoTime);
    }

    /**
     * Returns the metrics of a transform whose worker has no plugin metrics, as JMX beans. A second transform of the task has the name with "-2",
     * and so on, in the order of their first calls of this method.
     *
     * @param name name of the transform; such a worker does not tell the name in the configuration
     */
    public static MetricSet ofTransform(String name, LongSupplier nanoTime) {
        Map<String, String> owner = owner(Thread.currentThread().getName());
        owner.put("transformation", name);
        for (int number = 2; !TRANSFORMS.add(owner); number++) {
            owner = new LinkedHashMap<>(owner);
            owner.put("transformation", name + "-" + number);
        }
        Map<String, String> taken = owner;
        return new MetricSet(new JmxOutlet(owner, () -> TRANSFORMS.remove(taken)), nanoTime);
    }

    private interface Opener {
        MetricOutlet open();
    }

    private static MetricSet open(Opener plugin, LongSupplier nanoTime) {
        try {
            return new MetricSet(plugin.open(), nanoTime);
        } catch (LinkageError e) {
            LOG.debug("The worker has no plugin metrics ({}), so the task has JMX beans of its own", e.toString());
            return new MetricSet(new JmxOutlet(owner(Thread.currentThread().getName())), nanoTime);
        }
    }

    /** Returns the tags that a worker with plugin metrics gives to those of a task. */
    static Map<String, String> owner(String thread) {
        Map<String, String> owner = new LinkedHashMap<>();
        Matcher task = THREAD.matcher(thread);
        if (task.matches()) {
            owner.put("connector", task.group("connector"));
            owner.put("task", task.group("task"));
        } else {
            owner.put("connector", "unknown");
            owner.put("task", thread);
        }
        return owner;
    }

    /** Uses what older workers do not have. The class is loaded only when it is used. */
    private static final class FromContext {

        static MetricOutlet of(SourceTaskContext context) {
            return of(context.pluginMetrics());
        }

        static MetricOutlet of(SinkTaskContext context) {
            return of(context.pluginMetrics());
        }

        private static MetricOutlet of(PluginMetrics metrics) {
            return new PluginMetricsOutlet(metrics);
        }
    }
}
