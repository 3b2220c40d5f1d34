package dev.etcdpg.etcd.sink.metrics;

import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricCatalog;
import dev.etcdpg.core.retry.RetryMetrics;

/** Declares the metrics of the etcd sink. */
public final class EtcdSinkCatalog {

    /** All metrics of the connector. */
    public static final MetricCatalog ALL = new MetricCatalog();

    /** The route of a change; of a plain record, its topic. */
    private static final String ROUTE = "route";

    static final Metric RECORDS =
            ALL.counter("records-total", "records", "Records that were dealt with, of any kind.", ROUTE);
    static final Metric WRITES = ALL.counter(
            "writes-total",
            "keys",
            "Keys that were written to etcd. The route of a plain record is its topic.",
            ROUTE,
            "operation");
    static final Metric WRITE_BYTES =
            ALL.counter("write-bytes-total", "bytes", "Keys and values of these writes.", ROUTE, "operation");
    static final Metric ANSWERS = ALL.counter(
            "answers-total",
            "answers",
            "Answers to PostgreSQL. refused: the key was not at the base of the change. failed: etcd can never take the change. "
                    + "processed: a probe was answered.",
            ROUTE,
            "outcome");
    static final Metric RECORD_LAG = ALL.distribution(
            "record-lag-ms",
            "ms",
            "Time from the moment when a record was produced to the commit in etcd. The two clocks must agree.");
    static final Metric BATCH_SIZE = ALL.distribution("batch-size", "records", "Records of a transaction in etcd.");
    static final Metric COMMIT_TIME = ALL.distribution(
            "commit-time-ms", "ms", "Duration of the commit of a batch in etcd, with all rounds and reads.");

    static final Metric DEAD_LETTERS = ALL.counter(
            "dead-letters-total",
            "records",
            "Records that can never be written. They went to the dead letter topic.",
            ROUTE);
    static final Metric LOSSES = ALL.counter(
            "losses-total",
            "gaps",
            "Gaps in the chain of records: records of the topic were lost before the sink read them.",
            ROUTE);
    static final Metric NEW_EPOCHS = ALL.counter(
            "new-epochs-total",
            "epochs",
            "Epochs that the sink has begun: after a loss, because PostgreSQL requests it, or because etcd has forgotten progress.",
            "reason");
    static final Metric SUPERSEDED = ALL.counter(
            "superseded-records-total", "records", "Records of a database that a copy of it has superseded.", ROUTE);

    static {
        ALL.include(RetryMetrics.CATALOG);
    }

    private EtcdSinkCatalog() {}
}
