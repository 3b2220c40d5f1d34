package dev.etcdpg.testing.it;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A foreign producer that writes into the connectors' topics. */
final class MalformedTopic {
    private final String bootstrap;

    MalformedTopic(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /**
     * The records that were put.
     *
     * @param records the records by their position in the form of {@link DeadLetterRecord#position()}
     * @param ends the offset after the last record of each partition. Markers of transactions may follow
     */
    record Sent(Map<String, MalformedRecord> records, Map<TopicPartition, Long> ends) {}

    Sent put(List<MalformedRecord> records) {
        Map<MalformedRecord, Future<RecordMetadata>> sent = new LinkedHashMap<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        16 * 1024 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (MalformedRecord record : records) {
                sent.put(
                        record,
                        producer.send(new ProducerRecord<>(
                                record.topic(), record.partition(), record.key(), record.value(), record.headers())));
            }
        }
        Map<String, MalformedRecord> places = new LinkedHashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        sent.forEach((record, future) -> {
            RecordMetadata at = place(future);
            places.put(at.topic() + "-" + at.partition() + "@" + at.offset(), record);
            ends.merge(new TopicPartition(at.topic(), at.partition()), at.offset() + 1, Math::max);
        });
        return new Sent(places, ends);
    }

    private static RecordMetadata place(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take a record", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
