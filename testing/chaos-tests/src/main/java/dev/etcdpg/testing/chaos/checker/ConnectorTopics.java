package dev.etcdpg.testing.chaos.checker;

import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** All topics of the connectors, from the beginning of the workload. Each read goes to the present end. */
public final class ConnectorTopics implements TopicSilence.Ear {
    private final TopicReader reader;
    private final List<String> topics;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private TopicContents contents = new TopicContents();

    ConnectorTopics(Stack stack) {
        reader = new TopicReader(stack.kafka().bootstrap());
        Set<String> all = new LinkedHashSet<>(List.of(Stack.ETCD_TOPIC, Stack.PG_TOPIC, Stack.CONFLICTS_TOPIC));
        Collections.addAll(all, stack.environment().get("DLQ_TOPICS").split(","));
        topics = List.copyOf(all);
    }

    /** Skips the present records. */
    void begin() {
        topics.forEach(topic -> positions.putAll(reader.ends(topic)));
    }

    /** Reads new records, and returns their number by kind, without heartbeats. */
    Map<String, Long> read() {
        Map<String, Long> news = new TreeMap<>();
        for (String topic : topics) {
            reader.readFrom(topic, of(topic), record -> {
                String kind = contents.add(record);
                if (!kind.isEmpty()) {
                    news.merge(kind, 1L, Long::sum);
                }
                positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
            });
        }
        return news;
    }

    @Override
    public Map<String, Long> heardWithin(Duration time) throws InterruptedException {
        // The check is the passage of time.
        Thread.sleep(time.toMillis());
        return read();
    }

    @Override
    public boolean isSnapshotUnderWay() {
        return contents.delivered().isSnapshotUnderWay();
    }

    private Map<TopicPartition, Long> of(String topic) {
        Map<TopicPartition, Long> starts = new HashMap<>(positions);
        starts.keySet().removeIf(partition -> !partition.topic().equals(topic));
        return starts;
    }

    /** Forgets all records. */
    void forget() {
        contents = new TopicContents();
    }

    /** Returns the contents of all records since {@link #forget}. */
    TopicContents contents() {
        return contents;
    }
}
