package dev.etcdpg.testing.stack;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the committed records of a topic up to its present end. */
public final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LISTING = Duration.ofSeconds(30);

    private final String bootstrap;

    public TopicReader(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Whether the topic exists. */
    public boolean exists(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.listTopics(LISTING).containsKey(topic);
        }
    }

    /** Returns the end of each partition for read_committed consumers; empty if the topic does not exist. */
    public Map<TopicPartition, Long> ends(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.listTopics(LISTING).containsKey(topic)
                    ? consumer.endOffsets(partitions(consumer, topic))
                    : Map.of();
        }
    }

    /**
     * Gives the records before the topic's present end to a reader.
     *
     * @param last the number of offsets to read before the end of each partition
     */
    public void read(String topic, long last, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            if (!consumer.listTopics(LISTING).containsKey(topic)) {
                throw new SandboxException("there is no topic " + topic + " (yet)");
            }
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> starts = new HashMap<>(consumer.beginningOffsets(partitions));
            starts.replaceAll((partition, start) -> Math.max(start, ends.get(partition) - last));
            read(consumer, starts, ends, reader);
        }
    }

    /** Gives the records from {@code starts} up to the present end to a reader. Partitions without a start are read from their beginning. */
    public void readFrom(
            String topic, Map<TopicPartition, Long> starts, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            if (!consumer.listTopics(LISTING).containsKey(topic)) {
                return;
            }
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> all = new HashMap<>(consumer.beginningOffsets(partitions));
            all.putAll(starts);
            read(consumer, all, consumer.endOffsets(partitions), reader);
        }
    }

    private static void read(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> starts,
            Map<TopicPartition, Long> ends,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        List<TopicPartition> unread = new ArrayList<>();
        ends.forEach((partition, end) -> {
            if (starts.get(partition) < end) {
                unread.add(partition);
            }
        });
        consumer.assign(unread);
        unread.forEach(partition -> consumer.seek(partition, starts.get(partition)));
        while (!unread.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                    reader.accept(record);
                }
            }
            // Markers of transactions have offsets too, so the number of records does not tell the end.
            unread.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Returns the value of a header as text, or null. */
    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : text(header.value());
    }

    public static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
