package dev.etcdpg.pg.sink.metrics;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.retry.RetryMetrics;

/** Declares the metrics of the PostgreSQL sink. */
public final class PostgresSinkCatalog {

    /** All metrics of the connector. */
    public static final MetricCatalog ALL = new MetricCatalog();

    private static final String ROUTE = "route";

    static final Metric RECORDS =
            ALL.counter("records-total", "records", "Records of the topic that were dealt with, of any kind.", ROUTE);
    static final Metric EVENTS = ALL.counter(
            "events-total",
            "events",
            "Revisions of keys that were applied: rows, or the mirrored revision while a local change waits.",
            ROUTE,
            "operation");
    static final Metric EVENT_BYTES =
            ALL.counter("event-bytes-total", "bytes", "Keys and values of these events.", ROUTE, "operation");
    static final Metric APPLIED_REVISION = ALL.gauge(
            "applied-revision",
            "revision",
            "Everything of the task's partitions up to this revision of etcd is applied; heartbeats move it while there are no events. "
                    + "The lag is etcd-revision of the etcd source minus the smallest applied-revision.",
            ROUTE);
    static final Metric RECORD_LAG = ALL.distribution(
            "record-lag-ms",
            "ms",
            "Time from the moment when the etcd source produced a record to the commit in PostgreSQL. The two clocks must agree.");
    static final Metric BATCH_SIZE =
            ALL.distribution("batch-size", "records", "Records that Connect has handed over together.");
    static final Metric APPLY_TIME =
            ALL.distribution("apply-time-ms", "ms", "Duration of a transaction of the sink in PostgreSQL.");

    static final Metric CONFIRMED =
            ALL.counter("confirmed-changes-total", "changes", "Local changes that etcd has accepted.", ROUTE);
    static final Metric CONFIRMATION_TIME = ALL.distribution(
            "confirmation-time-ms",
            "ms",
            "Time from a local change in PostgreSQL to its confirmation, by the clock of PostgreSQL.");
    static final Metric CONFLICTS = ALL.counter(
            "conflicts-total",
            "changes",
            "Local changes that lost against a change in etcd: see etcd_conflict.",
            ROUTE);
    static final Metric HELD = ALL.counter(
            "holds-total", "changes", "Local changes that were held, so that etcd_resolve must decide.", ROUTE);
    static final Metric STALE = ALL.counter(
            "stale-records-total",
            "records",
            "Records that said nothing new, because a later revision of their key is applied already.",
            ROUTE);
    static final Metric DEAD_LETTERS = ALL.counter(
            "dead-letters-total",
            "records",
            "Records that can never be applied. They went to the dead letter topic.",
            ROUTE);

    static final Metric LOSSES = ALL.counter(
            "losses-total",
            "gaps",
            "Gaps in the chain of records: records of the topic were lost before the sink read them.",
            ROUTE);
    static final Metric UNTRUSTED = ALL.gauge(
            "untrusted-ranges",
            "key ranges",
            "Key ranges with a loss that no snapshot has healed yet. In a one-way mirror the range stays until the next regular snapshot.",
            ROUTE);
    static final Metric OLDEST_UNTRUSTED = ALL.gauge(
            "oldest-untrusted-range-ms", "ms", "Time since the oldest of these losses; 0 if there is none.", ROUTE);
    static final Metric SNAPSHOT_REQUESTS = ALL.counter(
            "snapshot-requests-total", "requests", "Snapshots that the sink has requested after a loss.", ROUTE);
    static final Metric EPOCH_REQUESTS = ALL.counter(
            "new-epoch-requests-total",
            "requests",
            "New epochs that the sink has requested, because a record contradicts the mirror.",
            ROUTE);
    static final Metric UNANSWERED = ALL.gauge(
            "unanswered-requests",
            "requests",
            "Requests to the etcd source that are not answered. Read once a minute. In a one-way mirror nobody answers, and a gap stays.",
            ROUTE);
    static final Metric OLDEST_UNANSWERED = ALL.gauge(
            "oldest-unanswered-request-ms", "ms", "Age of the oldest of these requests; 0 if there is none.", ROUTE);

    static final Metric UNREAD = ALL.gauge(
            "unread-changes",
            "changes",
            "Local changes that have waited for more than a minute, while no notify source has worked on the database. Read once a minute.",
            ROUTE);
    static final Metric OLDEST_UNREAD = ALL.gauge(
            "oldest-unread-change-ms", "ms", "Age of the oldest of these changes; 0 if there is none.", ROUTE);

    static final Metric CAPTURE_FAULTS = ALL.gauge(
            "capture-faults",
            "faults",
            "Reasons why changes of applications are not captured: disabled triggers, or session_replication_role. Read once a minute.",
            ROUTE);

    static final Metric DEFERRED = ALL.gauge(
            "deferred-records",
            "records",
            "Records that wait in memory, because an application has locked their rows.",
            ROUTE);
    static final Metric DEFERRED_BYTES =
            ALL.gauge("deferred-bytes", "bytes", "Estimated memory of these records.", ROUTE);
    static final Metric PAUSED = ALL.gauge(
            "paused-partitions",
            "partitions",
            "Partitions that the sink has paused, because too many records wait for locked rows: see etcd_sink_pause.",
            ROUTE);

    static {
        ALL.include(RetryMetrics.CATALOG);
    }

    private PostgresSinkCatalog() {}
}
