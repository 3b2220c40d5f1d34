package dev.etcdpg.transforms;

import dev.etcdpg.core.metrics.Count;
import dev.etcdpg.core.metrics.Gauge;
import dev.etcdpg.core.metrics.MetricSet;

/** Counts the records of a {@link RevisionFilter}. */
final class FilterMetrics implements AutoCloseable {

    private final MetricSet set;
    private final Count records;
    private final Count stale;
    private final Gauge remembered;

    FilterMetrics(MetricSet set) {
        this.set = set;
        records = set.counter(FilterCatalog.RECORDS);
        stale = set.counter(FilterCatalog.STALE);
        remembered = set.gauge(FilterCatalog.REMEMBERED);
        remembered.set(0L);
    }

    void record(int keys) {
        records.increment();
        remembered.set((long) keys);
    }

    void stale() {
        stale.increment();
    }

    @Override
    public void close() {
        set.close();
    }
}
