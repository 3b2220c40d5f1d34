package dev.etcdpg.core.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Opens the metrics of tasks: as plugin metrics where the worker has them (Kafka 4.1 and later), otherwise as JMX beans of the same names.
 */
public final class TaskMetrics {

    private static final Logger LOG = LoggerFactory.getLogger(TaskMetrics.class);

    /** Connect's logging context, for example {@code [pg-sink|task-0] }. An older worker tells a task its number nowhere else. */
    private static final String LOGGING_CONTEXT = "connector.context";

    private static final Pattern TASK = Pattern.compile("\\[(?<connector>.+)\\|task-(?<task>\\d+).*");

    private TaskMetrics() {}

    /** Returns the metrics of the task that calls this method in its start. */
    public static MetricSet of(SourceTaskContext context, LongSupplier nanoTime) {
        return open(() -> FromContext.of(context), nanoTime);
    }

    /** Returns the metrics of the task that calls this method in its start. */
    public static MetricSet of(SinkTaskContext context, LongSupplier nanoTime) {
        return open(() -> FromContext.of(context), nanoTime);
    }

    private interface Opener {
        MetricOutlet open();
    }

    private static MetricSet open(Opener plugin, LongSupplier nanoTime) {
        try {
            return new MetricSet(plugin.open(), nanoTime);
        } catch (LinkageError e) {
            LOG.debug("The worker has no plugin metrics ({}), so the task has JMX beans of its own", e.toString());
            return new MetricSet(new JmxOutlet(owner(MDC.get(LOGGING_CONTEXT))), nanoTime);
        }
    }

    /** Returns the tags that a worker with plugin metrics gives to those of a task. */
    static Map<String, String> owner(@Nullable String loggingContext) {
        Map<String, String> owner = new LinkedHashMap<>();
        Matcher task = TASK.matcher(loggingContext == null ? "" : loggingContext);
        if (task.lookingAt()) {
            owner.put("connector", task.group("connector"));
            owner.put("task", task.group("task"));
        } else {
            owner.put("connector", "unknown");
            owner.put("task", Thread.currentThread().getName());
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
