package dev.etcdpg.testing.it;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record that a foreign producer puts into a topic of the connectors.
 *
 * @param partition the partition that receives the record
 * @param mustDie whether the record must become a dead letter. Otherwise it may become one, or have no effect
 */
record MalformedRecord(
        String kind, String topic, int partition, byte[] key, byte[] value, Headers headers, boolean mustDie) {

    static MalformedRecord dead(String kind, String topic, int partition, byte[] key, byte[] value) {
        return new MalformedRecord(kind, topic, partition, key, value, null, true);
    }

    static MalformedRecord dead(String kind, String topic, int partition, String value) {
        return dead(kind, topic, partition, null, value.getBytes(StandardCharsets.UTF_8));
    }

    static MalformedRecord any(String kind, String topic, int partition, byte[] key, byte[] value) {
        return new MalformedRecord(kind, topic, partition, key, value, null, false);
    }

    static MalformedRecord copy(String kind, String topic, int partition, ConsumerRecord<byte[], byte[]> of) {
        return new MalformedRecord(kind, topic, partition, of.key(), of.value(), of.headers(), false);
    }
}
