package dev.etcdpg.testing.protocol.kafka;

import dev.etcdpg.testing.kit.TestSinkContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Acts as the Connect worker of a sink task with one topic partition: fetches records, delivers refused records again, moves the consumer. */
public final class SinkRunner {

    /** A sink task. */
    public interface Task {

        /** @throws RetriableException if the same records must be put again */
        void put(Collection<SinkRecord> records);

        Map<TopicPartition, OffsetAndMetadata> positions();

        void close();
    }

    private final InMemoryTopic topic;
    private final TopicPartition partition;
    private final TestSinkContext context;
    private final boolean seeksAreLost;
    private List<SinkRecord> batch = List.of();
    private long position;

    /** @param deadLetters receives the dead letters */
    public SinkRunner(
            InMemoryTopic topic, int partition, long position, List<SinkRecord> deadLetters, boolean seeksAreLost) {
        this.seeksAreLost = seeksAreLost;
        this.topic = topic;
        this.partition = new TopicPartition(topic.name(), partition);
        this.position = position;
        this.context = new TestSinkContext(Map.of(), deadLetters);
        context.assign(Set.of(this.partition));
    }

    /**
     * Delivers up to {@code max} records, or the refused records again.
     *
     * @return whether the task took the records
     */
    public boolean deliver(Task task, int max) {
        Map<TopicPartition, Long> seeks = context.takeSeeks();
        if (!seeksAreLost) {
            position = seeks.getOrDefault(partition, position);
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

    /** The context of the task. */
    public SinkTaskContext context() {
        return context;
    }

    /** Whether nothing is left to deliver. */
    public boolean isAtEnd() {
        return batch.isEmpty()
                && context.seeks().isEmpty()
                && topic.fetch(partition.partition(), Math.min(position, topic.end(partition.partition())), 1)
                        .isEmpty();
    }

    List<SinkRecord> batch() {
        return batch;
    }

    public long position() {
        return position;
    }
}
