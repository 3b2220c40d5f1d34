package dev.etcdpg.transforms;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;

/** Declares the metrics of {@link RevisionFilter}. */
public final class FilterCatalog {

    /** All metrics of the transform. */
    public static final MetricCatalog ALL = new MetricCatalog();

    static final Metric RECORDS =
            ALL.counter("records-total", "records", "Records of any kind that the transform has looked at.");
    static final Metric STALE = ALL.counter(
            "stale-records-total",
            "records",
            "Records that said nothing new, because a later revision of their key was dealt with before.");
    static final Metric REMEMBERED = ALL.gauge(
            "remembered-keys", "keys", "Keys whose newest version the transform remembers, at most max.keys.");

    private FilterCatalog() {}
}
