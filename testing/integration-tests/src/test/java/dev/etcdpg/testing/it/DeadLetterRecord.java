package dev.etcdpg.testing.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of a dead letter topic. */
record DeadLetterRecord(ConsumerRecord<byte[], byte[]> record) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A report of the etcd source about an entry that PostgreSQL cannot hold, with bytes as characters. */
    record Unrepresentable(String key, String value, long epoch, long revision, String reason) {}

    static List<DeadLetterRecord> all(TopicReader reader, String topic) {
        List<DeadLetterRecord> all = new ArrayList<>();
        if (reader.exists(topic)) {
            reader.read(topic, Long.MAX_VALUE, record -> all.add(new DeadLetterRecord(record)));
        }
        return all;
    }

    Unrepresentable unrepresentable() {
        try {
            JsonNode letter = JSON.readTree(record.value());
            return new Unrepresentable(
                    HostileEntry.of(letter.get("key").binaryValue()),
                    letter.get("value").isNull()
                            ? null
                            : HostileEntry.of(letter.get("value").binaryValue()),
                    letter.get("epoch").longValue(),
                    letter.get("revision").longValue(),
                    letter.get("reason").textValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Topic, partition and offset of the record that a sink could not apply. */
    String position() {
        return header("__connect.errors.topic") + "-" + header("__connect.errors.partition") + "@"
                + header("__connect.errors.offset");
    }

    /** The reason of the connector or of a converter. */
    String reason() {
        String ours = header("etcdpg.reason");
        return ours == null ? header("__connect.errors.exception.message") : ours;
    }

    private String header(String name) {
        return TopicReader.header(record, name);
    }
}
