package dev.etcdpg.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.retry.RetryMetrics;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkCatalog;
import dev.etcdpg.etcd.source.metrics.SourceCatalog;
import dev.etcdpg.pg.sink.metrics.PostgresSinkCatalog;
import dev.etcdpg.pg.source.NotifySourceCatalog;
import dev.etcdpg.transforms.FilterCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    private static Map<String, MetricCatalog> catalogs() {
        Map<String, MetricCatalog> catalogs = new LinkedHashMap<>();
        catalogs.put("etcd source", SourceCatalog.ALL);
        catalogs.put("PostgreSQL sink", PostgresSinkCatalog.ALL);
        catalogs.put("Notify source", NotifySourceCatalog.ALL);
        catalogs.put("etcd sink", EtcdSinkCatalog.ALL);
        catalogs.put("`RevisionFilter`", FilterCatalog.ALL);
        return catalogs;
    }

    @Test
    void thePageEqualsTheDeclarations() throws IOException {
        String page = MetricsReference.write(RetryMetrics.CATALOG, catalogs());
        if (Boolean.getBoolean("reference.update") || "".equals(System.getProperty("reference.update"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).content().isEqualTo(page);
    }

    /** A monitoring system has one description for a name. */
    @Test
    void oneNameHasOneUnit() {
        Map<String, Metric> known = new LinkedHashMap<>();
        catalogs().values().forEach(catalog -> catalog.metrics().forEach(metric -> {
            Metric other = known.putIfAbsent(metric.name(), metric);
            if (other != null) {
                assertThat(metric.kind()).as(metric.name()).isEqualTo(other.kind());
                assertThat(metric.unit()).as(metric.name()).isEqualTo(other.unit());
            }
        }));
    }

    /** Prometheus takes a-total for the counter of a, so nothing else may have the name a. */
    @Test
    void aCounterSharesItsNameWithNothing() {
        List<Metric> all = catalogs().values().stream()
                .flatMap(catalog -> catalog.metrics().stream())
                .toList();
        List<String> counters = all.stream()
                .filter(metric -> metric.kind() == Metric.Kind.COUNTER)
                .map(metric -> metric.name().replaceFirst("-total$", ""))
                .toList();
        assertThat(all).noneMatch(metric -> counters.contains(metric.name()));
    }
}
