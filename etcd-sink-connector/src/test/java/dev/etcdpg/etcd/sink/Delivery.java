package dev.etcdpg.etcd.sink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Delivers records to a task as Connect's worker does: offsets asked for by the task take effect before the next delivery, and a batch that
 * was refused comes again as it was.
 */
final class Delivery implements SinkTaskContext {

    final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
    final List<SinkRecord> deadLetters = new ArrayList<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> rewinds = new HashMap<>();
    private final Map<String, String> settings;
    private List<SinkRecord> refused;
    boolean hasReporter = true;
    int maxRecords = Integer.MAX_VALUE;
    long timeout = -1;
    EtcdSinkTask task;

    Delivery(Map<String, String> settings) {
        this.settings = settings;
    }

    final MovingClock clock = new MovingClock();

    void start() {
        task = new EtcdSinkTask(clock);
        task.initialize(this);
        task.start(settings);
        task.open(Set.copyOf(log.keySet()));
    }

    /** The same records to another task, as when both believe that the partitions are theirs. */
    Delivery twin() {
        Delivery twin = new Delivery(settings);
        twin.log.putAll(log);
        twin.positions.putAll(positions);
        twin.start();
        return twin;
    }

    /** As after some time without records. */
    void idle() {
        clock.advance(java.time.Duration.ofSeconds(6));
        all();
    }

    /** A new task where the consumer group is at these offsets. */
    void restart(Map<TopicPartition, Long> group) {
        task.stop();
        refused = null;
        rewinds.clear();
        positions.clear();
        positions.putAll(group);
        start();
    }

    void position(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    /** @throws RetriableException as the task throws it; the same records come again */
    void once() {
        rewinds.forEach(positions::put);
        rewinds.clear();
        List<SinkRecord> batch = refused;
        if (batch == null) {
            batch = new ArrayList<>();
            for (Map.Entry<TopicPartition, List<SinkRecord>> entry : log.entrySet()) {
                long end = end(entry.getKey());
                positions.computeIfPresent(entry.getKey(), (p, at) -> at > end ? 0L : at); // out of range: the earliest
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

    /** Until nothing is left to deliver. */
    void all() {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (true) {
            try {
                once();
                if (rewinds.isEmpty() && isAtEnd()) {
                    return;
                }
            } catch (RetriableException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                try {
                    Thread.sleep(Math.max(1, Math.min(timeout, 1_000))); // as the worker does
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

    /** What the task would commit. */
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

    @Override
    public Map<String, String> configs() {
        return settings;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        rewinds.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition tp, long offset) {
        rewinds.put(tp, offset);
    }

    @Override
    public void timeout(long timeoutMs) {
        timeout = timeoutMs;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return log.keySet();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume(TopicPartition... partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void requestCommit() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return !hasReporter
                ? null
                : (record, error) -> {
                    deadLetters.add(record);
                    return CompletableFuture.completedFuture(null);
                };
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return null;
    }
}
