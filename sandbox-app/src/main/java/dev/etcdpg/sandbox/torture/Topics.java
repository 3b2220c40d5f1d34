package dev.etcdpg.sandbox.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.sandbox.TopicReader;
import dev.etcdpg.sandbox.torture.judge.Delivered;
import dev.etcdpg.sandbox.torture.judge.Lost;
import dev.etcdpg.sandbox.torture.judge.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** All topics of the connectors from the beginning of the workload, read as far as they go whenever asked. */
final class Topics implements Silence.Ear {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Nothing was lost, so nobody has a reason to ask for a snapshot or a new epoch. */
    private static final Set<String> UNCALLED_FOR = Set.of("request", "new_epoch");

    private final TopicReader reader;
    private final List<String> deadLetterTopics;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private Delivered delivered = new Delivered();
    private final List<Lost> conflicts = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> kinds = new TreeMap<>();

    Topics(Stack stack) {
        reader = new TopicReader(stack.kafka().bootstrap());
        deadLetterTopics =
                new ArrayList<>(List.of(stack.environment().get("DLQ_TOPICS").split(",")));
        deadLetterTopics.remove(Stack.CONFLICTS_TOPIC);
    }

    /** What is in the topics now belongs to the past. */
    void begin() {
        List<String> all = new ArrayList<>(deadLetterTopics);
        Collections.addAll(all, Stack.ETCD_TOPIC, Stack.PG_TOPIC, Stack.CONFLICTS_TOPIC);
        all.forEach(topic -> positions.putAll(reader.ends(topic)));
    }

    /** Reads what has come since the last time; gives how many records of which kind, heartbeats aside. */
    Map<String, Long> read() {
        Map<String, Long> news = new TreeMap<>();
        read(Stack.ETCD_TOPIC, record -> count(news, "etcd topic: " + etcd(record)));
        read(Stack.PG_TOPIC, record -> count(news, "PostgreSQL topic: " + pg(record)));
        read(Stack.CONFLICTS_TOPIC, record -> {
            conflicts.add(conflict(json(record)));
            count(news, "conflicts topic");
        });
        for (String topic : deadLetterTopics) {
            read(topic, record -> {
                failures.add("an unexpected dead letter in " + topic + " for key " + TopicReader.text(record.key())
                        + ": " + TopicReader.header(record, "etcdpg.reason"));
                count(news, "dead letters");
            });
        }
        news.keySet().removeIf(kind -> kind.endsWith(": heartbeat"));
        news.forEach((kind, number) -> kinds.merge(kind, number, Long::sum));
        return news;
    }

    @Override
    public Map<String, Long> heardWithin(Duration time) throws InterruptedException {
        // Here time itself is the condition.
        Thread.sleep(time.toMillis());
        return read();
    }

    @Override
    public boolean isSnapshotUnderWay() {
        return delivered.isSnapshotUnderWay();
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        reader.readFrom(topic, of(topic), record -> {
            each.accept(record);
            positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
        });
    }

    private Map<TopicPartition, Long> of(String topic) {
        Map<TopicPartition, Long> starts = new HashMap<>(positions);
        starts.keySet().removeIf(partition -> !partition.topic().equals(topic));
        return starts;
    }

    private static void count(Map<String, Long> kinds, String kind) {
        kinds.merge(kind, 1L, Long::sum);
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
                value.path("change").asLong(),
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

    /** Forgets what was read. */
    void forget() {
        delivered = new Delivered();
        conflicts.clear();
        failures.clear();
        kinds.clear();
    }

    Delivered delivered() {
        return delivered;
    }

    /** Records of the conflicts topic. */
    List<Lost> conflicts() {
        return conflicts;
    }

    /** Dead letters and uncalled-for requests. */
    List<String> failures() {
        return failures;
    }

    /** All records that are not forgotten by kind, heartbeats aside. */
    Map<String, Long> kinds() {
        return kinds;
    }
}
