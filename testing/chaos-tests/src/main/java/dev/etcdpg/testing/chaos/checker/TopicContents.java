package dev.etcdpg.testing.chaos.checker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.chaos.history.Lost;
import dev.etcdpg.testing.chaos.history.Values;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The contents of the connectors' topics, and the records that must not exist. */
public final class TopicContents {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Nothing was lost, so no connector has a reason to request a snapshot or a new epoch. */
    private static final Set<String> UNCALLED_FOR = Set.of("request", "new_epoch");

    private static final String HEARTBEAT = ": heartbeat";

    private final Delivered delivered = new Delivered();
    private final List<Lost> conflicts = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> kinds = new TreeMap<>();

    /** Adds the next record of a topic, and returns its kind; empty for a heartbeat. */
    String add(ConsumerRecord<byte[], byte[]> record) {
        String kind =
                switch (record.topic()) {
                    case Stack.ETCD_TOPIC -> "etcd topic: " + etcd(record);
                    case Stack.PG_TOPIC -> "PostgreSQL topic: " + pg(record);
                    case Stack.CONFLICTS_TOPIC -> {
                        conflicts.add(conflict(json(record)));
                        yield "conflicts topic";
                    }
                    default -> {
                        failures.add("an unexpected dead letter in " + record.topic() + " for key "
                                + TopicReader.text(record.key()) + ": "
                                + TopicReader.header(record, "etcdpg.reason"));
                        yield "dead letters";
                    }
                };
        if (kind.endsWith(HEARTBEAT)) {
            return "";
        }
        kinds.merge(kind, 1L, Long::sum);
        return kind;
    }

    private String etcd(ConsumerRecord<byte[], byte[]> record) {
        JsonNode value = json(record);
        JsonNode source = value.path("source");
        if (!source.isMissingNode()) {
            String key = (value.path("after").isObject() ? value.path("after") : value.path("before"))
                    .path("key")
                    .asText();
            long snapshot = source.path("snapshot_revision").asLong();
            if (snapshot > 0) {
                delivered.found(record.partition(), key, snapshot);
                return "snapshot record";
            }
            delivered.event(
                    record.partition(),
                    record.offset(),
                    key,
                    source.path("revision").asLong());
            return "event";
        }
        String kind = value.path("kind").asText();
        if (kind.equals("manifest")) {
            delivered.manifest(
                    record.partition(),
                    value.path("revision").asLong(),
                    value.path("after").asText(),
                    value.path("through").asText());
        } else if (kind.equals("end")) {
            delivered.end(record.partition(), value.path("revision").asLong());
        }
        return kind;
    }

    private String pg(ConsumerRecord<byte[], byte[]> record) {
        JsonNode value = json(record);
        String kind = value.path("kind").asText();
        if (UNCALLED_FOR.contains(kind)) {
            failures.add("a " + kind + " was sent, and nothing was lost: number "
                    + value.path("number").asLong() + ", "
                    + value.path("reason").asText("no reason given"));
        }
        return kind;
    }

    private static Lost conflict(JsonNode value) {
        return new Lost(
                value.path("key").asText(),
                value.path("change_id").asLong(),
                null,
                value.path("value").isNull()
                        ? null
                        : Values.shortened(value.path("value").asText()),
                value.path("base_revision").asLong(),
                value.path("won_epoch").asLong(),
                value.path("won_revision").asLong(),
                value.path("reason").asText(),
                value.path("applied_late").asBoolean());
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException("a record is not JSON", e);
        }
    }

    Delivered delivered() {
        return delivered;
    }

    /** Returns the records of the conflicts topic. */
    List<Lost> conflicts() {
        return conflicts;
    }

    /** Returns dead letters and requests without a reason. */
    List<String> failures() {
        return failures;
    }

    /** Returns the number of records by kind, without heartbeats. */
    Map<String, Long> kinds() {
        return kinds;
    }
}
