package dev.etcdpg.etcd.source;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.offset.SourcePartition;
import dev.etcdpg.testing.kit.TestSourceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.connect.source.SourceRecord;

/** Drives a task as Connect does, with one transaction for each poll, and keeps its records. Offsets outlive {@link #stop}. */
final class RunningTask implements AutoCloseable {

    final Map<Map<String, ?>, Map<String, Object>> stored;
    final List<List<SourceRecord>> transactions = new ArrayList<>();
    private final Map<String, String> config;
    private EtcdSourceTask task;
    private TestSourceContext context;

    RunningTask(Map<String, String> config) {
        this(config, new HashMap<>());
    }

    /** @param stored the stored offsets; other tasks may share the map */
    RunningTask(Map<String, String> config, Map<Map<String, ?>, Map<String, Object>> stored) {
        this.stored = stored;
        this.config = new HashMap<>(config);
        this.config.putIfAbsent("heartbeat.interval.ms", "3600000");
        this.config.putIfAbsent("retry.backoff.ms", "20");
        this.config.putIfAbsent("retry.backoff.max.ms", "200");
        start();
    }

    void set(String name, String value) {
        config.put(name, value);
    }

    void start() {
        task = new EtcdSourceTask();
        context = new TestSourceContext(config, stored);
        task.initialize(context);
        task.start(config);
    }

    void stop() {
        task.stop();
        task = null;
    }

    EtcdSourceTask task() {
        return task;
    }

    /** Polls once and stores the offsets. */
    List<SourceRecord> poll() {
        List<SourceRecord> records = pollWithoutCommit();
        if (!records.isEmpty()) {
            transactions.add(records);
            records.forEach(record -> TestSourceContext.store(stored, record));
            records.forEach(record -> task.commitRecord(record, null));
            task.commit();
        }
        return records;
    }

    List<SourceRecord> pollWithoutCommit() {
        try {
            int before = context.commits();
            List<SourceRecord> records = task.poll();
            if (records == null) {
                return List.of();
            }
            if (context.commits() != before + 1) {
                throw new AssertionError("a batch without a transaction of its own");
            }
            return records;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Polls until the condition holds. */
    void until(Predicate<RunningTask> done) {
        until(Duration.ofSeconds(30), done);
    }

    void until(Duration atMost, Predicate<RunningTask> done) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!done.test(this)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost + "; got " + summary());
            }
            poll();
        }
    }

    void untilEnds(int ends) {
        until(t -> t.of(EtcdRecord.End.class).size() >= ends * partitions() && !t.snapshotUnderWay());
    }

    /** Waits for the event with this value and returns its revision. */
    long revisionOf(String value) {
        until(t -> !revisions(value).isEmpty());
        return revisions(value).get(0);
    }

    private List<Long> revisions(String value) {
        return events().stream()
                .filter(e -> e.after() != null && e.after().value().equals(value))
                .map(e -> e.at().revision())
                .toList();
    }

    boolean snapshotUnderWay() {
        return stored.values().stream()
                .anyMatch(o -> o.containsKey("snapshot") && !o.get("snapshot").equals(0L));
    }

    /** Returns the offset of each key range of the task. A range without an offset has revision 0. */
    List<Map<String, Object>> partitions(Map<Map<String, ?>, Map<String, Object>> offsets) {
        return new EtcdSourceConfig(config)
                .assignment().parts().stream()
                        .map(part -> offsets.getOrDefault(
                                SourcePartition.of(part.route(), part.range()), Map.of("revision", 0L)))
                        .toList();
    }

    int partitions() {
        return Integer.parseInt(config.getOrDefault("partitions", "4"));
    }

    /** Polls until a poll returns no records. */
    void drain() {
        for (int quiet = 0; quiet < 1; ) {
            quiet = poll().isEmpty() ? quiet + 1 : 0;
        }
    }

    List<SourceRecord> sourceRecords() {
        return transactions.stream().flatMap(Collection::stream).toList();
    }

    List<EtcdRecord> records() {
        return decode(sourceRecords());
    }

    static List<EtcdRecord> decode(List<SourceRecord> records) {
        return records.stream()
                .filter(r -> r.kafkaPartition() != null && r.value() != null)
                .map(r -> EtcdRecordCodec.decode(r.value()))
                .toList();
    }

    <T extends EtcdRecord> List<T> of(Class<T> kind) {
        return records().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<EtcdRecord.Event> events() {
        return of(EtcdRecord.Event.class).stream().filter(e -> !e.isSnapshot()).toList();
    }

    List<EtcdRecord.Event> rows() {
        return of(EtcdRecord.Event.class).stream()
                .filter(EtcdRecord.Event::isSnapshot)
                .toList();
    }

    List<SourceRecord> deadLetters() {
        return sourceRecords().stream().filter(r -> r.topic().endsWith(".dlq")).toList();
    }

    long metric(SourceMetrics.Counter counter) {
        return task.metrics().get(counter);
    }

    String summary() {
        Map<String, Integer> counts = new HashMap<>();
        records().forEach(r -> counts.merge(r.getClass().getSimpleName(), 1, Integer::sum));
        return counts + " " + stored + " " + task.metrics();
    }

    @Override
    public void close() {
        if (task != null) {
            stop();
        }
    }
}
