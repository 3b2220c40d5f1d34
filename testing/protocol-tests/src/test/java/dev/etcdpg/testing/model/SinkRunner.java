package dev.etcdpg.testing.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What a Connect worker does for a sink task of one topic partition: fetches, delivers again what was refused, moves the consumer. */
public final class SinkRunner implements SinkTaskContext {

    /** A sink task. */
    public interface Task {

        /** @throws RetriableException if the same records must be put again */
        void put(Collection<SinkRecord> records);

        Map<TopicPartition, OffsetAndMetadata> positions();

        void close();
    }

    private final Topic topic;
    private final TopicPartition partition;
    private final Map<TopicPartition, Long> seeks = new HashMap<>();
    private final List<SinkRecord> deadLetters;
    private final boolean seeksAreLost;
    private List<SinkRecord> batch = List.of();
    private long position;

    /** @param deadLetters where they go */
    SinkRunner(Topic topic, int partition, long position, List<SinkRecord> deadLetters, boolean seeksAreLost) {
        this.seeksAreLost = seeksAreLost;
        this.topic = topic;
        this.partition = new TopicPartition(topic.name(), partition);
        this.position = position;
        this.deadLetters = deadLetters;
    }

    /**
     * Delivers up to so many records, or again those that were refused.
     *
     * @return whether they were taken
     */
    boolean deliver(Task task, int max) {
        if (seeksAreLost) {
            seeks.clear();
        } else if (seeks.containsKey(partition)) {
            position = seeks.remove(partition);
        }
        if (batch.isEmpty() && max > 0) {
            if (position > topic.end(partition.partition())) {
                position = 0; // auto.offset.reset=earliest
            }
            batch = topic.fetch(partition.partition(), position, max);
            if (!batch.isEmpty()) {
                position = batch.get(batch.size() - 1).kafkaOffset() + 1;
            }
        }
        try {
            task.put(new ArrayList<>(batch));
            batch = List.of();
            return true;
        } catch (RetriableException e) {
            return false;
        }
    }

    /** Whether nothing is left to deliver. */
    boolean isAtEnd() {
        return batch.isEmpty()
                && seeks.isEmpty()
                && topic.fetch(partition.partition(), Math.min(position, topic.end(partition.partition())), 1)
                        .isEmpty();
    }

    List<SinkRecord> batch() {
        return batch;
    }

    long position() {
        return position;
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        seeks.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition of, long offset) {
        seeks.put(of, offset);
    }

    @Override
    public void timeout(long ms) {}

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of(partition);
    }

    @Override
    public void pause(TopicPartition... partitions) {}

    @Override
    public void resume(TopicPartition... partitions) {}

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return (record, error) -> {
            deadLetters.add(record);
            return CompletableFuture.completedFuture(null);
        };
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return null;
    }
}
