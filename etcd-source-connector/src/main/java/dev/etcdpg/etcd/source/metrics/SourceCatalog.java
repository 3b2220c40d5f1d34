package dev.etcdpg.etcd.source.metrics;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.retry.RetryMetrics;

/** Declares the metrics of the etcd source. */
public final class SourceCatalog {

    /** All metrics of the connector. */
    public static final MetricCatalog ALL = new MetricCatalog();

    private static final String ROUTE = "route";

    static final Metric EVENTS = ALL.counter(
            "events-total",
            "events",
            "Events of the watch that were delivered, by put and delete.",
            ROUTE,
            "operation");
    static final Metric EVENT_BYTES =
            ALL.counter("event-bytes-total", "bytes", "Keys and values of these events.", ROUTE, "operation");
    static final Metric ETCD_REVISION = ALL.gauge(
            "etcd-revision",
            "revision",
            "Highest revision that etcd is known to have. Changes of all keys count, also of keys outside of the route.",
            ROUTE);
    static final Metric DELIVERED_REVISION = ALL.gauge(
            "delivered-revision",
            "revision",
            "Everything of the task's key ranges up to this revision was handed to Connect; 0 before the first snapshot.",
            ROUTE);
    static final Metric REVISION_LAG =
            ALL.gauge("revision-lag", "revisions", "etcd-revision minus delivered-revision, at one moment.", ROUTE);
    static final Metric BATCH_SIZE =
            ALL.distribution("batch-size", "records", "Records that were handed to Connect together.");

    static final Metric SNAPSHOTS_STARTED = ALL.counter(
            "snapshots-started-total", "snapshots", "Snapshots that were begun, by the reason.", ROUTE, "reason");
    static final Metric SNAPSHOTS_ENDED =
            ALL.counter("snapshots-ended-total", "snapshots", "Snapshots that were completed.", ROUTE);
    static final Metric SNAPSHOT_RUNNING = ALL.gauge(
            "snapshot-running", "key ranges", "Key ranges of the task of which a snapshot is running.", ROUTE);
    static final Metric SNAPSHOT_KEYS_DONE = ALL.gauge(
            "snapshot-keys-done",
            "keys",
            "Keys that the running snapshots have delivered; 0 if none is running.",
            ROUTE);
    static final Metric SNAPSHOT_KEYS_EXPECTED = ALL.gauge(
            "snapshot-keys-expected",
            "keys",
            "About how many keys the running snapshots have; 0 if none is running.",
            ROUTE);
    static final Metric SNAPSHOT_ROWS =
            ALL.counter("snapshot-rows-total", "rows", "Rows that snapshots have delivered.", ROUTE);
    static final Metric SNAPSHOT_PAGES_RESTARTED = ALL.counter(
            "snapshot-pages-restarted-total",
            "pages",
            "Pages of snapshots whose revision was compacted, so that they were read at a later one.",
            ROUTE);

    static final Metric WATCH_RECONNECTS = ALL.counter(
            "watch-reconnects-total",
            "watches",
            "Broken watches that were opened again after their last revision.",
            ROUTE);
    static final Metric COMPACTIONS = ALL.counter(
            "compactions-total",
            "compactions",
            "Compactions of etcd that have swallowed events before they were read. A snapshot follows.",
            ROUTE);
    static final Metric EPOCH = ALL.gauge(
            "epoch",
            "ms since 1970",
            "Epoch in force; 0 before the first. It grows when etcd was restored, and when records were lost on the way to etcd.",
            ROUTE);
    static final Metric NEW_EPOCHS = ALL.counter(
            "new-epochs-total",
            "epochs",
            "Epochs that the source has begun. history: etcd was restored or replaced. setup: etcd had no epoch yet, or the number of "
                    + "partitions has changed.",
            ROUTE,
            "reason");
    static final Metric ANSWERS =
            ALL.counter("answers-total", "answers", "Answers of the etcd sink that were delivered.", ROUTE);
    static final Metric HEARTBEATS = ALL.counter(
            "heartbeats-total", "heartbeats", "Heartbeats, of which each goes to all partitions of the topic.", ROUTE);
    static final Metric DEAD_LETTERS = ALL.counter(
            "dead-letters-total",
            "records",
            "Keys and values that PostgreSQL cannot hold. They went to the dead letter topic.",
            ROUTE);

    static {
        ALL.include(RetryMetrics.CATALOG);
    }

    private SourceCatalog() {}
}
