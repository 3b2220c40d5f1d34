package dev.etcdpg.pg.source;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import dev.etcdpg.testing.kit.TestSourceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** Drives a task as a worker does, in the thread of the test. Committed offsets outlive the task. */
final class TaskRun implements AutoCloseable {

    private final PostgresNotifySourceTask task = new PostgresNotifySourceTask();
    private final Map<Map<String, ?>, Map<String, Object>> committed;
    private final TestSourceContext context;
    final List<SourceRecord> received = new ArrayList<>();

    TaskRun(Map<String, String> settings, Map<Map<String, ?>, Map<String, Object>> committed) {
        this.committed = committed;
        context = new TestSourceContext(settings, committed);
        task.initialize(context);
        task.start(settings);
    }

    static TaskRun started(SourceDatabase database, String... more) {
        Map<String, String> settings = database.settings();
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new TaskRun(settings, new HashMap<>());
    }

    /** Returns the metrics that the task shows. */
    TestPluginMetrics metrics() {
        return context.metrics();
    }

    /** Polls once. Returns the number of records that the task produced. */
    int poll() {
        try {
            List<SourceRecord> records = task.poll();
            if (records != null) {
                received.addAll(records);
            }
            return records == null ? 0 : records.size();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Polls until the task has produced {@code count} records in all. */
    TaskRun untilReceived(int count) {
        Instant end = Instant.now().plus(Duration.ofSeconds(30));
        while (received.size() < count) {
            poll();
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("expected " + count + " records, received " + sends());
            }
        }
        return this;
    }

    /** Polls for a time, and fails if the task produces a record that {@link #sends} contains. */
    void expectQuiet(Duration time) {
        Instant end = Instant.now().plus(time);
        int before = sends().size();
        while (Instant.now().isBefore(end)) {
            poll();
        }
        if (sends().size() != before) {
            throw new AssertionError("expected nothing more, received " + sends());
        }
    }

    /** Tells the task that Kafka has a record. */
    void acknowledge(int index) {
        task.commitRecord(received.get(index), null);
    }

    /** Acknowledges the first {@code count} received records, as a worker does. */
    void commit(int count) {
        TestSourceContext.store(committed, received.get(count - 1));
    }

    /** Returns the records that are not conflicts. */
    List<PgRecord> records() {
        return received.stream()
                .filter(r -> !r.topic().endsWith("conflicts"))
                .map(r -> PgRecordCodec.decode(r.value()))
                .toList();
    }

    /** Returns changes, probes and requests as text. */
    List<String> sends() {
        List<String> texts = new ArrayList<>();
        for (PgRecord record : records()) {
            if (record instanceof PgRecord.Change c) {
                texts.add(c.key() + "=" + c.value() + " on " + c.base());
            } else if (record instanceof PgRecord.Probe p) {
                texts.add("probe " + p.key());
            } else if (record instanceof PgRecord.Request r) {
                texts.add("request " + r.range());
            } else if (record instanceof PgRecord.NewEpoch n) {
                texts.add("new epoch, not " + n.found());
            }
        }
        return texts;
    }

    @Override
    public void close() {
        task.stop();
    }
}
