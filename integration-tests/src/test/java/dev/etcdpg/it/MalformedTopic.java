package dev.etcdpg.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer that has no business in the connectors' topics. */
final class MalformedTopic {
    private final String bootstrap;

    MalformedTopic(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** @return the records by their place, as {@link DeadLetter#position()} has it */
    Map<String, MalformedRecord> put(List<MalformedRecord> records) {
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
        sent.forEach((record, future) -> places.put(place(future), record));
        return places;
    }

    private static String place(Future<RecordMetadata> sent) {
        try {
            RecordMetadata at = sent.get();
            return at.topic() + "-" + at.partition() + "@" + at.offset();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take a record", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
