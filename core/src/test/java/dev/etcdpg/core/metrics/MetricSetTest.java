package dev.etcdpg.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.etcdpg.core.metrics.Metric.Statistic;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class MetricSetTest {

    private static final MetricCatalog CATALOG = new MetricCatalog();
    private static final Metric EVENTS = CATALOG.counter("events-total", "events", "Events.", "route", "operation");
    private static final Metric LAG = CATALOG.gauge("lag", "revisions", "Lag.");
    private static final Metric TIME = CATALOG.distribution("time-ms", "ms", "Time.");

    private final TestPluginMetrics shown = new TestPluginMetrics();
    private long nanos = TimeUnit.HOURS.toNanos(1);
    private final MetricSet set = new MetricSet(new PluginMetricsOutlet(shown), () -> nanos);

    @Test
    void aCounterIsShownForEachCombinationOfTags() {
        set.counter(EVENTS, "a", "put").add(3);
        set.counter(EVENTS, "a", "put").increment();
        set.counter(EVENTS, "b", "delete");

        assertThat(shown.value("events-total", "a", "put")).isEqualTo(4);
        assertThat(shown.value("events-total", "b", "delete")).isZero();
    }

    @Test
    void aGaugeIsUnknownUntilItIsSet() {
        Gauge lag = set.gauge(LAG);

        assertThat(shown.value("lag")).isNaN();
        lag.set(7);
        assertThat(shown.value("lag")).isEqualTo(7);
        lag.follow(() -> nanos);
        nanos = 5;
        assertThat(shown.value("lag")).isEqualTo(5);
        lag.clear();
        assertThat(shown.value("lag")).isNaN();
    }

    @Test
    void aDistributionForgetsAfterAMinute() {
        Distribution time = set.distribution(TIME);
        assertThat(shown.value("time-ms-p50")).isNaN();

        for (int ms = 1; ms <= 1000; ms++) {
            time.record(ms);
        }
        assertThat(shown.value("time-ms-p50")).isCloseTo(500, within(15.0));
        assertThat(shown.value("time-ms-p95")).isCloseTo(950, within(25.0));
        assertThat(shown.value("time-ms-p99")).isCloseTo(990, within(25.0));
        assertThat(shown.value("time-ms-max")).isEqualTo(1000);

        nanos += TimeUnit.SECONDS.toNanos(61);
        assertThat(shown.value("time-ms-max")).isNaN();
        time.record(2);
        assertThat(time.get(Statistic.MAX)).isEqualTo(2);
        assertThat(time.get(Statistic.P99)).isBetween(1.0, 2.0);
    }

    @Test
    void aDurationBetweenTwoClocksIsNeverNegative() {
        Distribution time = set.distribution(TIME);
        time.record(-3);
        assertThat(shown.value("time-ms-max")).isZero();
        long begun = nanos;
        nanos += 4_000_000;
        time.recordSince(begun);
        assertThat(shown.value("time-ms-max")).isEqualTo(4);
    }

    @Test
    void aMetricIsUsedAsItIsDeclared() {
        assertThatThrownBy(() -> set.gauge(EVENTS, "a", "put")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set.counter(EVENTS, "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CATALOG.gauge("lag", "", "")).hasMessageContaining("twice");
        assertThatThrownBy(() -> CATALOG.gauge("Lag_2", "", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CATALOG.counter("lags", "", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameThatSomebodyElseHasFailsNoTask() {
        set.gauge(LAG).set(1);
        MetricSet second = new MetricSet(new PluginMetricsOutlet(shown), () -> nanos);
        second.gauge(LAG).set(2);
        assertThat(shown.value("lag")).isEqualTo(1);

        second.close();
        assertThat(shown.value("lag")).isEqualTo(1);
        set.close();
        assertThat(shown.names()).isEmpty();
        set.close();
    }

    @Test
    void olderWorkersHaveBeansOfTheSameNames() throws Exception {
        Map<String, String> owner = TaskMetrics.owner("task-thread-pg-sink-3");
        assertThat(owner).containsExactly(Map.entry("connector", "pg-sink"), Map.entry("task", "3"));
        MetricSet beans = new MetricSet(new JmxOutlet(new LinkedHashMap<>(owner)), () -> nanos);
        beans.counter(EVENTS, "a", "put").add(5);
        beans.distribution(TIME).record(8);

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName task = new ObjectName("kafka.connect:type=plugins,connector=pg-sink,task=3");
        ObjectName route = new ObjectName("kafka.connect:type=plugins,connector=pg-sink,task=3,route=a,operation=put");
        assertThat(server.getAttribute(route, "events-total")).isEqualTo(5L);
        assertThat(server.getAttribute(task, "time-ms-max")).isEqualTo(8.0);

        beans.close();
        assertThat(server.isRegistered(task)).isFalse();
        assertThat(server.isRegistered(route)).isFalse();
    }

    @Test
    void twoTransformsOfATaskHaveBeansOfTheirOwn() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String bean = "kafka.connect:type=plugins,connector=unknown,task="
                + Thread.currentThread().getName() + ",transformation=T";
        MetricSet first = TaskMetrics.ofTransform("T", () -> nanos);
        MetricSet second = TaskMetrics.ofTransform("T", () -> nanos);
        first.gauge(LAG).set(1);
        second.gauge(LAG).set(2);
        assertThat(server.getAttribute(new ObjectName(bean), "lag")).isEqualTo(1.0);
        assertThat(server.getAttribute(new ObjectName(bean + "-2"), "lag")).isEqualTo(2.0);

        first.close();
        MetricSet successor = TaskMetrics.ofTransform("T", () -> nanos);
        successor.gauge(LAG).set(3);
        assertThat(server.getAttribute(new ObjectName(bean), "lag")).isEqualTo(3.0);
        successor.close();
        second.close();
        assertThat(server.isRegistered(new ObjectName(bean + "-2"))).isFalse();
    }

    @Test
    void aThreadWithAnotherNameHasBeansToo() {
        assertThat(TaskMetrics.owner("main"))
                .containsExactly(Map.entry("connector", "unknown"), Map.entry("task", "main"));
        assertThat(TaskMetrics.owner("task-thread-a-1-12"))
                .containsExactly(Map.entry("connector", "a-1"), Map.entry("task", "12"));
    }
}
