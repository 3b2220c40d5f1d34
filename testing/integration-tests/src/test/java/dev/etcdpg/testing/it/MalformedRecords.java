package dev.etcdpg.testing.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes malformed records for a topic from records that the connectors have written there. */
final class MalformedRecords {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGE = 3_000_000;
    private static final String CHANGE = "change";
    private static final String PLACE = "the place of the key";
    /** Fields without meaning for a change. The etcd sink accepts any value there. */
    private static final List<String> NOT_OF_A_CHANGE = List.of("of", "after", "through", "reason");

    /** Fields in which any text is well-formed. */
    private static final Set<String> WELL_FORMED_WITH_ANY_TEXT =
            Set.of("after", "through", "prefix", "name", "cluster_id", "database");

    private final String topic;

    private final String secret;
    private final String preferred;
    private final int partitions;
    /** A sample record by kind. */
    private final Map<String, ConsumerRecord<byte[], byte[]>> samples = new LinkedHashMap<>();

    private final List<MalformedRecord> all = new ArrayList<>();
    /** The highest number of a change, and its key. */
    private long lastChange;

    private String changed;

    /**
     * @param secret a value that no log may have
     * @param preferred the prefix of keys whose records are preferred as samples
     */
    MalformedRecords(String topic, int partitions, String secret, String preferred) {
        this.secret = secret;
        this.preferred = preferred;
        this.topic = topic;
        this.partitions = partitions;
    }

    /** @param record a record of the topic. The last record of each kind becomes the sample, if possible of a preferred key */
    void sample(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() != null && record.value().length < 10_000) {
            JsonNode value = read(record.value());
            String kind = value.path("kind").asText("event " + value.path("op").asText());
            if (record.key() == null || HostileEntry.of(record.key()).startsWith(preferred)) {
                samples.put(kind, record);
            }
            if (kind.equals("heartbeat") && isSend(value)) {
                samples.put("new_epoch", contradiction(record));
            }
        }
    }

    /** A request for a new epoch. Its epoch has passed long ago, so the request has no effect. */
    private static ConsumerRecord<byte[], byte[]> contradiction(ConsumerRecord<byte[], byte[]> heartbeat) {
        ObjectNode value = (ObjectNode) read(heartbeat.value());
        value.put("kind", "new_epoch").put("base_epoch", 1).put("reason", "none");
        return new ConsumerRecord<>(heartbeat.topic(), heartbeat.partition(), heartbeat.offset(), null, write(value));
    }

    Set<String> kinds() {
        return samples.keySet();
    }

    /** The number of the change that the etcd sink must answer last, after all records of {@link #make}; absent in the etcd topic. */
    Optional<Map.Entry<String, Long>> lastChange() {
        return changed == null ? Optional.empty() : Optional.of(Map.entry(changed, lastChange));
    }

    /** Whether a record is from PostgreSQL's topic, where all kinds have the same fields. */
    private static boolean isSend(JsonNode record) {
        return record.has("author");
    }

    /** @param keyOutside a key of no route */
    List<MalformedRecord> make(String keyOutside) {
        notJson();
        notARecord();
        // Last, because the answer to a probe of the same key would replace the answer to the last change.
        Optional.ofNullable(samples.remove(CHANGE)).ifPresent(change -> samples.put(CHANGE, change));
        samples.forEach((kind, record) -> {
            ObjectNode value = (ObjectNode) read(record.value());
            fields(kind, record, value, List.of());
            all.add(MalformedRecord.copy("sent once more", topic, record.partition(), record));
            all.add(MalformedRecord.any("without its record key", topic, record.partition(), null, record.value()));
        });
        keys(keyOutside);
        return all;
    }

    private int next() {
        return all.size() % partitions;
    }

    private void notJson() {
        List<String> texts = new ArrayList<>(List.of(
                secret,
                "{",
                "}",
                "{\"a\":",
                "{'kind':'event'}",
                "{\"kind\":\"" + secret,
                "[1,",
                "\"" + secret,
                "\\u007b}",
                "NaN",
                "-",
                "01",
                "1e",
                "\u0000",
                "\u0001\u0002",
                "<event/>",
                "\ufeff{}",
                "{\"n\":" + "9".repeat(5_000) + "}",
                "[".repeat(5_000),
                "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)));
        for (String text : texts) {
            all.add(MalformedRecord.dead("not JSON", topic, next(), text));
        }
        for (byte[] bytes : List.of(
                new byte[] {0, 0, 0, 0, 1, 2},
                new byte[] {(byte) 0xff, (byte) 0xfe},
                new byte[] {'"', (byte) 0xc3, '"'},
                new byte[] {(byte) 0xac, (byte) 0xed, 0, 5})) {
            all.add(MalformedRecord.dead("not JSON", topic, next(), null, bytes));
        }
        // The largest record that a topic of the examples accepts.
        all.add(MalformedRecord.dead("not JSON, large", topic, next(), "x".repeat(LARGE)));
    }

    private void notARecord() {
        for (String text : List.of(
                "true",
                "0",
                "-1",
                "1.5",
                "1e400",
                "99999999999999999999",
                "\"\"",
                "\"" + secret + "\"",
                "[]",
                "[{}]",
                "{}",
                "{\"a\":1}",
                "{\"kind\":\"event\"}",
                "{\"kind\":\"" + secret + "\",\"number\":1,\"previous\":0,\"origin\":\"o\",\"route\":\"etcd\"}",
                "{\"source\":1}",
                "{\"source\":{}}",
                "{\"source\":null,\"kind\":null}",
                "{\"schema\":{\"type\":\"string\"},\"payload\":\"" + secret + "\"}",
                "{\"before\":null,\"after\":{\"id\":1},\"source\":{\"connector\":\"postgresql\"},\"op\":\"c\"}",
                "{\"large\":\"" + "y".repeat(LARGE) + "\"}")) {
            all.add(MalformedRecord.dead("JSON of another shape", topic, next(), text));
        }
    }

    /** Makes each field missing, null, and of another type or value. */
    private void fields(String kind, ConsumerRecord<byte[], byte[]> record, JsonNode of, List<String> path) {
        for (Iterator<String> names = of.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            List<String> inner = new ArrayList<>(path);
            inner.add(name);
            if (of.get(name).isObject()) {
                fields(kind, record, of.get(name), inner);
            }
            for (String odd : oddFor(name)) {
                ObjectNode made = read(record.value()).deepCopy();
                ObjectNode parent = (ObjectNode) (path.isEmpty() ? made : made.at("/" + String.join("/", path)));
                if (isSend(made)) {
                    renumber(made, kind.equals(CHANGE) && NOT_OF_A_CHANGE.contains(name));
                }
                if (odd.isEmpty()) {
                    parent.remove(name);
                } else {
                    parent.set(
                            name, odd.equals("null") ? NullNode.instance : read(odd.getBytes(StandardCharsets.UTF_8)));
                }
                all.add(new MalformedRecord(
                        kind.startsWith("event") ? "a field of an event is odd" : "a field of another record is odd",
                        topic,
                        record.partition(),
                        record.key(),
                        write(made),
                        null,
                        isTyped(name) && !odd.isEmpty() && !odd.equals("null") && !odd.startsWith("\"")));
            }
        }
    }

    private List<String> oddFor(String name) {
        List<String> odd = new ArrayList<>(
                List.of("", "null", "-1", "9223372036854775807", "1.5", "true", "[]", "{}", "[\"\\u0000\"]"));
        // Another text as a bound is well-formed and has another meaning. So has another author: a record of another
        // source or database fails
        // the task, which ForeignSourceIT and CopyIT show.
        if (!WELL_FORMED_WITH_ANY_TEXT.contains(name)) {
            // Keys and routes are not secret.
            boolean shown = name.equals("key") || name.equals("route") || name.startsWith("range");
            odd.add(shown ? "\"odd\"" : "\"" + secret + "\"");
        }
        if (name.equals("keys")) {
            // A manifest without keys is well-formed, and the sink trusts it.
            odd.remove("[]");
        }
        return odd;
    }

    /** The fields that are required in every kind of record that has them. */
    private static boolean isTyped(String name) {
        return List.of("number", "previous", "epoch", "revision", "partitions", "route", "origin", "kind")
                .contains(name);
    }

    /** Replaces the key of a record by JSON text, also by text that PostgreSQL and etcd would read differently. */
    private void keys(String keyOutside) {
        boolean emptyKey = false;
        for (Map.Entry<String, ConsumerRecord<byte[], byte[]>> sample : samples.entrySet()) {
            ObjectNode value = (ObjectNode) read(sample.getValue().value());
            if (!((value.has("key") ? value : value.path("after")) instanceof ObjectNode holder)
                    || !holder.path("key").isTextual()) {
                continue;
            }
            String text = holder.get("key").toString();
            String open = text.substring(0, text.length() - 1);
            if (!emptyKey) {
                // Once, because the transform drops a second record as stale.
                emptyKey = true;
                add("a key that cannot be", sample.getKey(), value, holder, "\"\"");
            }
            for (String odd : List.of(
                    "\"" + keyOutside + all.size() + "\"",
                    open + "\\u0000\"",
                    open + "\\ud800\"",
                    open + "\\udc00x\"",
                    open + "\\ude00\\ud83d\"")) {
                add("a key that cannot be", sample.getKey(), value, holder, odd);
            }
            if (value.path("kind").asText("event").equals("event")) {
                add(
                        "a key that is too long",
                        sample.getKey(),
                        value,
                        holder,
                        open + "k".repeat(3_000) + all.size() + "\"");
            }
        }
    }

    /** @param json the key as raw JSON, because Jackson does not write half a surrogate pair */
    private void add(String kind, String sample, ObjectNode value, ObjectNode holder, String json) {
        renumber(value.has("number") ? value : (ObjectNode) value.get("source"), false);
        holder.put("key", PLACE);
        byte[] bytes = new String(write(value), StandardCharsets.UTF_8)
                .replace("\"" + PLACE + "\"", json)
                .getBytes(StandardCharsets.UTF_8);
        all.add(MalformedRecord.dead(
                kind + " (" + sample + ")", topic, samples.get(sample).partition(), null, bytes));
    }

    /** Gives a record a new number. The sink would skip a number that it has passed. */
    private void renumber(ObjectNode chained, boolean answered) {
        long number = System.currentTimeMillis() * 1_000 + all.size();
        chained.put("number", number).put("previous", 0);
        if (answered) {
            lastChange = number;
            changed = chained.get("key").textValue();
        }
    }

    /** Numbers of a chain with another predecessor, and numbers of long ago. */
    List<MalformedRecord> chains() {
        List<MalformedRecord> broken = new ArrayList<>();
        samples.forEach((kind, record) -> {
            ObjectNode value = (ObjectNode) read(record.value());
            ObjectNode chained = value.has("number") ? value : (ObjectNode) value.get("source");
            long now = System.currentTimeMillis() * 1_000;
            chained.put("number", now + 1).put("previous", now);
            broken.add(MalformedRecord.any(
                    "behind a record that never was", topic, record.partition(), record.key(), write(value)));
            chained.put("number", 17).put("previous", 16);
            broken.add(MalformedRecord.any("numbered long ago", topic, record.partition(), record.key(), write(value)));
        });
        return broken;
    }

    /** Puts each record into each partition that is not its own. */
    List<MalformedRecord> elsewhere() {
        List<MalformedRecord> copies = new ArrayList<>();
        samples.values().forEach(record -> {
            for (int p = 0; p < partitions; p++) {
                if (p != record.partition()) {
                    copies.add(MalformedRecord.copy("in another partition", topic, p, record));
                }
            }
        });
        return Collections.unmodifiableList(copies);
    }

    static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] write(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
