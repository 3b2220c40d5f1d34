package dev.etcdpg.etcd.sink;

import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.kit.TestSinkContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Delivers records to a task as Connect's worker does: offsets that the task requests take effect before the next delivery, and a
 * refused batch is delivered again.
 */
final class SinkWorker {

    final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<String, String> settings;
    private List<SinkRecord> refused;
    final TestSinkContext context;
    int maxRecords = Integer.MAX_VALUE;
    EtcdSinkTask task;

    SinkWorker(Map<String, String> settings) {
        this.settings = settings;
        context = new TestSinkContext(settings);
    }

    final TestClock clock = TestClock.ticking();

    void start() {
        task = new EtcdSinkTask(clock, clock::nanoTime);
        context.assign(log.keySet());
        task.initialize(context);
        task.start(settings);
        task.open(Set.copyOf(log.keySet()));
    }

    /** Returns a worker that delivers the same records to another task: both tasks believe that they own the partitions. */
    SinkWorker twin() {
        SinkWorker twin = new SinkWorker(settings);
        twin.log.putAll(log);
        twin.positions.putAll(positions);
        twin.start();
        return twin;
    }

    /** Delivers again after some time without records. */
    void idle() {
        clock.advance(Duration.ofSeconds(6));
        all();
    }

    /** Starts a new task. The consumer group is at the given offsets. */
    void restart(Map<TopicPartition, Long> group) {
        task.stop();
        refused = null;
        context.takeSeeks();
        positions.clear();
        positions.putAll(group);
        start();
    }

    void position(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    /**
     * Delivers once.
     *
     * @throws RetriableException from the task; the next call delivers the same records
     */
    void once() {
        positions.putAll(context.takeSeeks());
        List<SinkRecord> batch = refused;
        if (batch == null) {
            batch = new ArrayList<>();
            for (Map.Entry<TopicPartition, List<SinkRecord>> entry : log.entrySet()) {
                long end = end(entry.getKey());
                positions.computeIfPresent(
                        entry.getKey(),
                        (p, at) -> at > end ? 0L : at); // an offset out of range is reset to the earliest
                long from = positions.getOrDefault(entry.getKey(), 0L);
                List<SinkRecord> next = entry.getValue().stream()
                        .filter(record -> record.kafkaOffset() >= from)
                        .limit(maxRecords)
                        .toList();
                batch.addAll(next);
                if (!next.isEmpty()) {
                    positions.put(entry.getKey(), next.get(next.size() - 1).kafkaOffset() + 1);
                }
            }
        }
        refused = batch;
        task.put(batch);
        refused = null;
    }

    /** Delivers until no record is left. */
    void all() {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (true) {
            try {
                once();
                if (context.seeks().isEmpty() && isAtEnd()) {
                    return;
                }
            } catch (RetriableException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                try {
                    Thread.sleep(Math.max(1, Math.min(context.timeoutMs(), 1_000))); // as Connect's worker does
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            }
        }
    }

    private boolean isAtEnd() {
        return log.entrySet().stream().allMatch(e -> e.getValue().stream()
                .noneMatch(record -> record.kafkaOffset() >= positions.getOrDefault(e.getKey(), 0L)));
    }

    /** Returns the offsets that the task lets Connect commit. */
    Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        task.preCommit(Map.of()).forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    void add(SinkRecord record) {
        log.computeIfAbsent(new TopicPartition(record.topic(), record.kafkaPartition()), partition -> new ArrayList<>())
                .add(record);
    }

    long end(TopicPartition partition) {
        List<SinkRecord> records = log.getOrDefault(partition, List.of());
        return records.isEmpty() ? 0 : records.get(records.size() - 1).kafkaOffset() + 1;
    }
}
