package dev.etcdpg.tool.connect;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the ends of topics, and the time of single records. Joins no group. */
public final class TopicPositions implements AutoCloseable {

    private static final int TIMEOUT_MS = 9_000;
    private static final Duration POLL = Duration.ofSeconds(3);

    private final String bootstrap;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** @param properties further settings of the client */
    public TopicPositions(String bootstrap, Map<String, String> properties) {
        this.bootstrap = bootstrap;
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try {
            this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw new ClusterException("A client of Kafka cannot be made for " + bootstrap + ": " + e.getMessage(), e);
        }
    }

    /** Returns the number of records in a topic, with markers of transactions; 0 if the topic does not exist. */
    public long records(String topic) {
        Collection<TopicPartition> partitions = partitions(topic);
        return ask(() -> {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            return consumer.endOffsets(partitions).entrySet().stream()
                    .mapToLong(end -> end.getValue() - beginnings.getOrDefault(end.getKey(), 0L))
                    .sum();
        });
    }

    /** Returns the partitions of a topic; none if the topic does not exist. */
    private List<TopicPartition> partitions(String topic) {
        return ask(() -> consumer.listTopics().getOrDefault(topic, List.of()).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList());
    }

    /** Returns the offset after the last committed record of each partition. */
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return ask(() -> consumer.endOffsets(partitions));
    }

    /**
     * Returns the time of the first record at or after an offset, in milliseconds since 1970.
     *
     * @param otherwise returned if there is no such record yet
     */
    public long time(TopicPartition partition, long offset, long otherwise) {
        return ask(() -> {
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                return record.timestamp();
            }
            return otherwise;
        });
    }

    private <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException e) {
            throw new ClusterException("Kafka at " + bootstrap + " does not answer: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
