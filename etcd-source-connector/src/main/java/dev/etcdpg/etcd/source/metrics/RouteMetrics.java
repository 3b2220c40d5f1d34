package dev.etcdpg.etcd.source.metrics;

import dev.etcdpg.core.metrics.MetricSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** The gauges of one route in a task, over its key ranges. Thread-safe. */
final class RouteMetrics {

    private final List<RangeMetrics> ranges = new CopyOnWriteArrayList<>();

    RouteMetrics(MetricSet set, String route) {
        set.gauge(SourceCatalog.ETCD_REVISION, route)
                .follow(() -> of(RangeMetrics::seen).max().orElse(0));
        set.gauge(SourceCatalog.DELIVERED_REVISION, route)
                .follow(() -> of(RangeMetrics::delivered).min().orElse(0));
        set.gauge(SourceCatalog.REVISION_LAG, route)
                .follow(() ->
                        of(range -> range.seen() - range.delivered()).max().orElse(0));
        set.gauge(SourceCatalog.EPOCH, route)
                .follow(() -> of(RangeMetrics::epoch).max().orElse(0));
        set.gauge(SourceCatalog.SNAPSHOT_RUNNING, route)
                .follow(() -> of(range -> range.snapshotRuns() ? 1 : 0).sum());
        set.gauge(SourceCatalog.SNAPSHOT_KEYS_DONE, route)
                .follow(() -> of(RangeMetrics::snapshotKeys).sum());
        set.gauge(SourceCatalog.SNAPSHOT_KEYS_EXPECTED, route)
                .follow(() -> of(RangeMetrics::snapshotTotal).sum());
    }

    void add(RangeMetrics range) {
        ranges.add(range);
    }

    private LongStream of(ToLongFunction<RangeMetrics> value) {
        return ranges.stream().mapToLong(value);
    }
}
