package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Topics that are missing, or have too few partitions. A connector says so at validation, at its start before anything is changed, and while
 * it runs. Each test has topics, a prefix and bookkeeping keys of its own.
 */
class TopicsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int TOO_FEW = 2;

    private final Sides sides = Sides.shared();
    private final List<String> connectors = new ArrayList<>();

    @AfterEach
    void deleteConnectors() {
        connectors.forEach(sides.connect()::delete);
    }

    @Test
    void validationOfASourceLooksAtItsTopics() {
        Map<String, String> config = etcdSource("judged");
        assertThat(errors(config)).as("topics that the connector can create").isEmpty();

        config.put("topic.creation.default.partitions", "2");
        assertThat(errors(config).get("partitions"))
                .contains("judged.etcd")
                .contains("topic.creation.default.partitions=4");

        config.remove("topic.creation.default.partitions");
        config.remove("topic.creation.default.replication.factor");
        assertThat(errors(config).get("topic.prefix")).contains("judged.etcd does not exist");
        assertThat(errors(config).get("dead.letter.topic")).contains("judged.dlq does not exist");

        sides.kafka.create(TOO_FEW, Map.of(), "judged.etcd", "judged.dlq");
        assertThat(errors(config)).containsOnlyKeys("partitions");
        assertThat(errors(config).get("partitions"))
                .contains("judged.etcd has 2 partitions, and partitions is 4")
                .contains("--partitions 4");
        sides.kafka.addPartitions("judged.etcd", 5);
        assertThat(errors(config)).as("more partitions than needed").isEmpty();

        config.put("topic.prefix", "compacted");
        sides.kafka.create(4, Map.of("cleanup.policy", "compact"), "compacted.etcd");
        sides.kafka.create(4, Map.of(), "compacted.dlq");
        assertThat(errors(config)).containsOnlyKeys("topic.prefix");
        assertThat(errors(config).get("topic.prefix")).contains("compacted.etcd has cleanup.policy=compact");

        config.put("kafka.bootstrap.servers", "127.0.0.1:1");
        assertThat(errors(config).get("kafka.bootstrap.servers")).contains("does not answer", "127.0.0.1:1");
    }

    @Test
    void validationOfTheNotifySourceLooksAtTheConflictsTopic() {
        Map<String, String> config = new HashMap<>(sides.config("pg-notify-source"));
        config.put("topic.prefix", "other");
        assertThat(errors(config)).isEmpty();
        config.remove("topic.creation.default.partitions");
        config.remove("topic.creation.default.replication.factor");
        assertThat(errors(config).get("conflicts.topic")).contains("other.conflicts does not exist");
    }

    @Test
    void aSourceWithoutItsTopicsFailsBeforeItChangesAnything() {
        Map<String, String> config = etcdSource("early");
        start("early", config);
        awaitRecords("early.etcd");
        sides.stop("early");
        sides.kafka.delete("early.etcd");
        sides.kafka.create(TOO_FEW, Map.of("max.message.bytes", "1048588"), "early.etcd");
        String before = bookkeeping("early");

        sides.connect().resume("early");
        assertThat(awaitFailure("early")).contains("early.etcd has 2 partitions, and partitions is 4");
        assertThat(bookkeeping("early")).isEqualTo(before);

        sides.kafka.addPartitions("early.etcd", 4);
        assertThat(sides.workerLog()).doesNotContain("The topic early.etcd has max.message.bytes=");
        sides.connect().restartTask("early", 0);
        awaitRecords("early.etcd");
        assertThat(sides.workerLog())
                .as("Kafka's default")
                .contains("The topic early.etcd has max.message.bytes=1048588");
    }

    @Test
    void aTopicThatLosesItsPartitionsFailsTheSource() {
        start("vanishing", etcdSource("vanishing"));
        awaitRecords("vanishing.etcd");
        sides.kafka.delete("vanishing.etcd");
        sides.kafka.createIfMissing(1, "vanishing.etcd");
        for (int i = 0; i < 40; i++) {
            sides.etcd.put("/vanishing/late/" + i, "v");
        }
        awaitFailure("vanishing");
        assertThat(sides.workerLog())
                .contains("The task fails. Records cannot be written to vanishing.etcd-")
                .contains("The topic vanishing.etcd has 1 partitions");
    }

    /** Without an address of Kafka only the time tells that a record cannot be written. */
    @Test
    void withoutAnAddressOfKafkaASendThatDoesNotEndFailsTheSource() {
        sides.kafka.create(TOO_FEW, Map.of(), "blind.etcd");
        Map<String, String> config = etcdSource("blind");
        config.remove("kafka.bootstrap.servers");
        config.put("send.timeout.ms", "3000");
        config.put("exactly.once.support", "requested");
        start("blind", config);
        awaitFailure("blind");
        assertThat(sides.workerLog())
                .contains("kafka.bootstrap.servers is not set")
                .contains(
                        "The task fails. Kafka has acknowledged no record of blind.etcd-0, blind.etcd-1, blind.etcd-2, blind.etcd-3");
    }

    /** One sink has no topic. The converters of the other one are left to the worker, and refuse each record. */
    @Test
    void aSinkSaysWhyNoRecordReachesIt() {
        Map<String, String> nowhere = etcdSink("nowhere");
        nowhere.put("topic.prefix", "nowhere");
        nowhere.put("topics", "nowhere.etcd");
        start("nowhere", nowhere);
        Map<String, String> deaf = etcdSink("deaf");
        deaf.keySet().removeIf(setting -> setting.matches("(key|value)[.]converter.*|errors[.]deadletterqueue.*"));
        start("deaf", deaf);
        await("a line of each in the log").atMost(PATIENCE).until(() -> {
            String log = sides.workerLog();
            return log.contains("The topic nowhere.etcd does not exist. The sink waits")
                    && log.contains("and none of them has reached the sink");
        });
        assertThat(sides.workerLog()).contains("key.converter is not set", "value.converter is not set");
        assertThat(sides.connect().failure("deaf")).isNull();
    }

    private Map<String, String> etcdSink(String name) {
        Map<String, String> config = new HashMap<>(sides.config("etcd-sink"));
        config.put("name", name);
        config.put("bookkeeping.prefix", "/" + name + "-bookkeeping/");
        return config;
    }

    private void start(String name, Map<String, String> config) {
        connectors.add(name);
        sides.connect().put(name, config);
    }

    private Map<String, String> etcdSource(String name) {
        for (int i = 0; i < 20; i++) {
            sides.etcd.put("/" + name + "/" + i, "v");
        }
        Map<String, String> config = new HashMap<>(sides.config("etcd-source"));
        config.put("name", name);
        config.put("etcd.prefix", "/" + name + "/");
        config.put("topic.prefix", name);
        config.put("partitions", "4");
        config.put("bookkeeping.prefix", "/" + name + "-bookkeeping/");
        config.put("heartbeat.interval.ms", "500");
        return config;
    }

    private String bookkeeping(String name) {
        return EtcdEntries.below(sides.etcd, "/" + name + "-bookkeeping/").toString();
    }

    private void awaitRecords(String topic) {
        await("records in " + topic)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> sides.ends(topic).values().stream()
                                .mapToLong(end -> end)
                                .sum()
                        > 20);
    }

    private String awaitFailure(String connector) {
        await("failure of " + connector)
                .atMost(PATIENCE)
                .until(() -> sides.connect().failure(connector) != null);
        return sides.connect().failure(connector);
    }

    /** Returns the messages by setting. */
    private Map<String, String> errors(Map<String, String> config) {
        Map<String, String> errors = new HashMap<>();
        for (JsonNode one : sides.connect().validate(config).path("configs")) {
            one.path("value")
                    .path("errors")
                    .forEach(message -> errors.merge(
                            one.path("value").path("name").asText(), message.asText(), (a, b) -> a + " " + b));
        }
        return errors;
    }
}
