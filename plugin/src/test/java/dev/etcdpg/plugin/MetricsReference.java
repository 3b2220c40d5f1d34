package dev.etcdpg.plugin;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes docs/metrics.md from the declarations of the metrics. */
final class MetricsReference {

    private static final String HEAD =
            """
            # Metrics reference

            This page lists every metric of every plugin. It is generated from the code. After a change of a declaration run
            `./mvnw -pl plugin -am test -Dtest=MetricsReferenceTest -Dreference.update -Dsurefire.failIfNoSpecifiedTests=false`.

            Workers of Kafka 4.1 and later show the metrics as plugin metrics, through the reporters of the worker. With
            JMX, which is the default, each metric is an attribute of a bean. Older workers have beans of the same names, which the connectors
            register themselves. The name of a bean has the connector, the task and then the tags of the table, in their order:

            ```
            kafka.connect:type=plugins,connector=pg-sink,task=0                              record-lag-ms-p99
            kafka.connect:type=plugins,connector=pg-sink,task=0,route=etcd                   applied-revision
            kafka.connect:type=plugins,connector=pg-sink,task=0,route=etcd,operation=put     events-total
            ```

            A metric of a transform has the tag `transformation` after the task: the name of the transform in the configuration of the connector, or
            `RevisionFilter` on older workers. If a connector has several such transforms, the second one is
            `RevisionFilter-2` there, in the order of `transforms`.

            * A counter begins with 0 when its task starts, and only grows.
            * A gauge is `NaN` while it is not known.
            * A distribution has four attributes: `-p50`, `-p95`, `-p99` and `-max` of the last minute. They are `NaN` if nothing was measured.

            The metrics of a task end with the task. Kafka's own `connector-failed-task-count` of
            `kafka.connect:type=connect-worker-metrics,connector=…` counts failed tasks. No metric contains a key or a value.
            [operations.md](operations.md#the-log-of-events) describes the log of single events.
            """;

    private MetricsReference() {}

    /**
     * @param shared metrics that all connectors have
     * @param catalogs by the title of their chapter
     */
    static String write(MetricCatalog shared, Map<String, MetricCatalog> catalogs) {
        StringBuilder page = new StringBuilder(HEAD);
        catalogs.forEach((title, catalog) -> {
            List<Metric> own = catalog.metrics().stream()
                    .filter(metric -> !shared.metrics().contains(metric))
                    .toList();
            chapter(page, title, own);
        });
        chapter(page, "All connectors: a store does not answer", shared.metrics());
        return page.toString();
    }

    private static void chapter(StringBuilder page, String title, List<Metric> metrics) {
        page.append("\n## ").append(title).append("\n\n");
        page.append("| metric | kind | tags | unit | meaning |\n| --- | --- | --- | --- | --- |\n");
        metrics.forEach(metric -> page.append("| `")
                .append(metric.name())
                .append("` | ")
                .append(metric.kind().name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(metric.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")))
                .append(" | ")
                .append(metric.unit())
                .append(" | ")
                .append(metric.meaning().replace("|", "\\|"))
                .append(" |\n"));
    }
}
