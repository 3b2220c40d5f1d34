package dev.etcdpg.testing.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The changes that PostgreSQL sends towards etcd from now on. */
final class SentChanges {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TopicReader reader;
    private final Map<TopicPartition, Long> begin;

    SentChanges(Sides sides) {
        reader = new TopicReader(sides.stack.kafka().bootstrap());
        begin = reader.ends(Stack.PG_TOPIC);
    }

    /** Returns the values of sent changes whose keys have a prefix; "delete" stands for a deletion. */
    List<String> values(String prefix) {
        List<String> values = new ArrayList<>();
        reader.readFrom(Stack.PG_TOPIC, begin, record -> {
            JsonNode sent = parse(record.value());
            if (sent.path("kind").asText().equals("change")
                    && sent.path("key").asText().startsWith(prefix)) {
                values.add(sent.path("value").asText("delete"));
            }
        });
        return values;
    }

    private static JsonNode parse(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException("a record is not JSON", e);
        }
    }
}
