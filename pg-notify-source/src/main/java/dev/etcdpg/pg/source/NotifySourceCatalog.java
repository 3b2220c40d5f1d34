package dev.etcdpg.pg.source;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.retry.RetryMetrics;

/** Declares the metrics of the notify source. */
public final class NotifySourceCatalog {

    /** All metrics of the connector. */
    public static final MetricCatalog ALL = new MetricCatalog();

    private static final String ROUTE = "route";

    static final Metric CHANGES = ALL.counter(
            "changes-total",
            "changes",
            "Local changes that were sent, by put and delete. A change that is sent again counts again.",
            ROUTE,
            "operation");
    static final Metric CHANGE_BYTES =
            ALL.counter("change-bytes-total", "bytes", "Keys and values of these changes.", ROUTE, "operation");
    static final Metric PROBES =
            ALL.counter("probes-total", "probes", "Questions for the outcome of a change that were sent.", ROUTE);
    static final Metric REQUESTS = ALL.counter(
            "requests-total",
            "requests",
            "Requests for a snapshot or a new epoch that were sent, by kind.",
            ROUTE,
            "kind");
    static final Metric CONFLICTS =
            ALL.counter("conflicts-total", "changes", "Lost changes that were sent to the conflicts topic.", ROUTE);
    static final Metric HEARTBEATS =
            ALL.counter("heartbeats-total", "heartbeats", "Heartbeats, one for each partition.", ROUTE);

    static final Metric PENDING = ALL.gauge(
            "pending-changes",
            "changes",
            "Local changes that etcd has not decided, or that are held. Read every 15 s; counts up to 50,000 of all routes.",
            ROUTE);
    static final Metric OLDEST_PENDING = ALL.gauge(
            "oldest-pending-change-ms", "ms", "Age of the oldest of these changes; 0 if there is none.", ROUTE);
    static final Metric HELD = ALL.gauge(
            "held-changes",
            "changes",
            "Local changes that wait for etcd_resolve. Read every 15 s; counts up to 10,000 of all routes.",
            ROUTE);
    static final Metric OLDEST_HELD =
            ALL.gauge("oldest-held-change-ms", "ms", "Age of the oldest held change; 0 if there is none.", ROUTE);
    static final Metric OLDEST_TRANSACTION = ALL.gauge(
            "oldest-transaction-ms",
            "ms",
            "Age of the oldest transaction of the database that holds a snapshot, which slows down dispatch; 0 if there is none or the "
                    + "role may not see it. Read every 15 s.");

    static final Metric DISPATCH_TIME =
            ALL.distribution("dispatch-time-ms", "ms", "Duration of a call of etcd_dispatch.");
    static final Metric BATCH_SIZE =
            ALL.distribution("batch-size", "records", "Records that were handed to Connect together.");
    static final Metric LOCKED = ALL.gauge(
            "locked-keys",
            "keys",
            "Keys that the last dispatch had to leave out, because another transaction had locked them.");
    static final Metric LISTENING = ALL.gauge(
            "notify-listening",
            "0 or 1",
            "Whether the source receives notifications; otherwise it finds changes by polling.");

    static {
        ALL.include(RetryMetrics.CATALOG);
    }

    private NotifySourceCatalog() {}
}
