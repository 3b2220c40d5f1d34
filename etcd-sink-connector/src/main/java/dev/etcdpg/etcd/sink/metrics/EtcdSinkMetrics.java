package dev.etcdpg.etcd.sink.metrics;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.metrics.Distribution;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.retry.RetryMetrics;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.etcd.sink.plan.SinkStep;
import dev.etcdpg.etcd.sink.plan.SinkStep.Write;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.sink.SinkRecord;

/** Counts and logs the work of a task. Counts only what is committed. For use by the thread of the task. */
public final class EtcdSinkMetrics implements AutoCloseable {

    /** Why the sink begins an epoch. */
    public enum EpochReason {
        /** Records are missing. */
        LOSS,
        /** PostgreSQL requests it. */
        REQUEST,
        /** etcd has forgotten records that the consumer group had passed. */
        FORGOTTEN_PROGRESS;

        String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final MetricSet set;
    private final Clock clock;
    private final UnaryOperator<String> routeOfTopic;
    private final Distribution lag;
    private final Distribution batchSize;
    private final Distribution commitTime;

    /**
     * @param clock agrees with the clocks of the workers
     * @param prefix prefix of the topics of routes
     */
    public EtcdSinkMetrics(MetricSet set, Clock clock, String prefix, List<Route> routes) {
        this.set = set;
        this.clock = clock;
        this.routeOfTopic = topic -> topic.startsWith(prefix + ".") ? topic.substring(prefix.length() + 1) : topic;
        lag = set.distribution(EtcdSinkCatalog.RECORD_LAG);
        batchSize = set.distribution(EtcdSinkCatalog.BATCH_SIZE);
        commitTime = set.distribution(EtcdSinkCatalog.COMMIT_TIME);
        routes.forEach(route -> startCounters(route.name()));
        for (EpochReason reason : EpochReason.values()) {
            set.counter(EtcdSinkCatalog.NEW_EPOCHS, reason.tag());
        }
    }

    /** Shows the counters of a route from zero on, because an increase from nothing is not seen. */
    private void startCounters(String route) {
        for (String operation : List.of("put", "delete")) {
            set.counter(EtcdSinkCatalog.WRITES, route, operation);
            set.counter(EtcdSinkCatalog.WRITE_BYTES, route, operation);
        }
        for (String outcome : List.of("refused", "failed", "processed")) {
            set.counter(EtcdSinkCatalog.ANSWERS, route, outcome);
        }
        set.counter(EtcdSinkCatalog.RECORDS, route);
        set.counter(EtcdSinkCatalog.DEAD_LETTERS, route);
        set.counter(EtcdSinkCatalog.LOSSES, route);
        set.counter(EtcdSinkCatalog.SUPERSEDED, route);
    }

    /** Returns metrics that nobody sees. */
    public static EtcdSinkMetrics hidden() {
        return new EtcdSinkMetrics(MetricSet.hidden(), Clock.systemUTC(), "", List.of());
    }

    /** Returns the metrics of the retries against etcd. */
    public RetryMetrics retries() {
        return new RetryMetrics(set, "etcd");
    }

    /** Returns the beginning of a commit, for {@link #committed}. */
    public long begin() {
        return set.nanoTime().getAsLong();
    }

    /**
     * Counts and logs a batch that etcd has committed.
     *
     * @param begun result of {@link #begin}
     * @param steps for each record, what it did
     * @param revision of the transaction
     */
    public void committed(long begun, List<SinkInstruction> records, List<SinkStep> steps, long revision) {
        commitTime.recordSince(begun);
        batchSize.record(records.size());
        for (int i = 0; i < records.size(); i++) {
            committed(records.get(i), steps.get(i).write(), revision);
        }
    }

    private void committed(SinkInstruction record, Write write, long revision) {
        String route = route(record);
        if (write instanceof Write.Reply) {
            String outcome = outcome(record);
            set.counter(EtcdSinkCatalog.ANSWERS, route, outcome).increment();
            log(record, route, outcome, revision);
        } else if (!(record instanceof Send sent) || sent.send() instanceof PgRecord.Change) {
            String operation = write instanceof Write.Put ? "put" : "delete";
            long bytes = write.key().length()
                    + (write instanceof Write.Put put ? put.value().length() : 0L);
            set.counter(EtcdSinkCatalog.WRITES, route, operation).increment();
            set.counter(EtcdSinkCatalog.WRITE_BYTES, route, operation).add(bytes);
            log(record, route, operation, revision);
        }
    }

    private static String outcome(SinkInstruction record) {
        if (record instanceof Send sent && sent.send() instanceof PgRecord.Change) {
            return sent.impossible() == null ? "refused" : "failed";
        }
        return "processed";
    }

    private static void log(SinkInstruction record, String route, String result, long revision) {
        if (LogEvent.isDetailed() && record instanceof Send sent && sent.send() instanceof PgRecord.Change change) {
            LogEvent.of("written")
                    .route(route)
                    .key(change.key())
                    .with("result", result)
                    .with("revision", revision)
                    .revision("base", change.base())
                    .with("number", sent.number())
                    .debug();
        }
    }

    /** Records that Connect's records are dealt with. */
    public void delivered(Collection<SinkRecord> records) {
        long now = clock.millis();
        for (SinkRecord record : records) {
            set.counter(EtcdSinkCatalog.RECORDS, routeOfTopic.apply(record.originalTopic()))
                    .increment();
            if (record.timestamp() != null) {
                lag.record(now - record.timestamp());
            }
        }
    }

    /** Counts and logs a record that is in the dead letter topic. */
    public void deadLetter(DeadLetter letter) {
        String route = routeOfTopic.apply(letter.record().originalTopic());
        set.counter(EtcdSinkCatalog.DEAD_LETTERS, route).increment();
        LogEvent.of("dead-letter")
                .route(route)
                .key(letter.key())
                .revision(letter.at())
                .with("topic", letter.record().originalTopic())
                .with("partition", letter.record().originalKafkaPartition())
                .with("offset", letter.record().originalKafkaOffset())
                .cause(letter.fault())
                .warn();
    }

    /** Counts and logs that the records before this one are missing. */
    public void lost(Send record) {
        String route = route(record);
        set.counter(EtcdSinkCatalog.LOSSES, route).increment();
        LogEvent.of("loss")
                .route(route)
                .with(
                        "partition",
                        record.record().originalTopic() + "-" + record.record().originalKafkaPartition())
                .with("offset", record.offset())
                .with("number", record.previous())
                .cause("records of the topic are missing")
                .warn();
    }

    /**
     * Counts and logs an epoch that the task has begun.
     *
     * @param place progress key of the partition that begins it
     */
    public void newEpoch(EpochReason reason, String place, String cause) {
        set.counter(EtcdSinkCatalog.NEW_EPOCHS, reason.tag()).increment();
        LogEvent.of("new-epoch")
                .with("reason", reason.tag())
                .with("place", place)
                .cause(cause)
                .warn();
    }

    /** Counts a record of a superseded database. */
    public void superseded(Send record) {
        set.counter(EtcdSinkCatalog.SUPERSEDED, route(record)).increment();
    }

    private String route(SinkInstruction record) {
        return record instanceof Send sent
                ? sent.send().route()
                : routeOfTopic.apply(record.record().originalTopic());
    }

    @Override
    public void close() {
        set.close();
    }
}
