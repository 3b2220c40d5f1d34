package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.testing.kit.PluginFolder;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Kafka;
import io.etcd.jetcd.KeyValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connector in a Connect worker with a real broker. The topic contains Kafka transactions. */
class WorkerIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ORIGIN = "origin";

    @TempDir
    static Path plugins;

    private static Kafka kafka;
    private static ConnectWorker worker;
    private static TestEtcdClient client;
    private static KafkaProducer<String, String> producer;

    private long number;

    @BeforeAll
    static void start() throws Exception {
        kafka = Kafka.shared();
        worker = ConnectWorker.builder(kafka.bootstrap())
                .name("sink-worker")
                .pluginPath(PluginFolder.in(plugins, "etcd-sink"))
                .setting("offset.flush.interval.ms", "500")
                .start();
        client = new TestEtcdClient(Etcd.shared().endpoint());
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrap(),
                        "transactional.id",
                        "it",
                        "linger.ms",
                        "5",
                        "max.request.size",
                        16_777_216),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
    }

    @AfterAll
    static void stop() {
        producer.close(Duration.ZERO);
        client.close();
        worker.close();
    }

    private static Map<String, String> settings(String name) {
        Map<String, String> settings = new HashMap<>();
        settings.put("connector.class", EtcdSinkConnector.class.getName());
        settings.put("topics", name + ".etcd,plain-" + name);
        settings.put("topic.prefix", name);
        settings.put("etcd.endpoints", Etcd.shared().endpoint());
        settings.put("etcd.prefix", "/" + name + "/");
        settings.put("bookkeeping.prefix", "/own-" + name + "/");
        settings.put("tasks.max", "2");
        settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        settings.put("value.converter.schemas.enable", "false");
        settings.put("consumer.override.isolation.level", "read_committed");
        settings.put("consumer.override.session.timeout.ms", "6000");
        settings.put("errors.tolerance", "all");
        settings.put("errors.deadletterqueue.topic.name", "dlq-" + name);
        settings.put("errors.deadletterqueue.topic.replication.factor", "1");
        return settings;
    }

    private static void begin(String name, int partitions) throws Exception {
        begin(name, partitions, Map.of());
    }

    private static void begin(String name, int partitions, Map<String, String> more) throws Exception {
        Map<String, String> large = Map.of("max.message.bytes", "16777216");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of(
                            new NewTopic(name + ".etcd", partitions, (short) 1),
                            new NewTopic("plain-" + name, 1, (short) 1).configs(large)))
                    .all()
                    .get();
        }
        put("/own-" + name + "/epoch", "1000");
        Map<String, String> settings = settings(name);
        settings.putAll(more);
        worker.connect().put(name, settings);
        worker.connect().waitRunning(name, SOON);
    }

    private static void put(String key, String value) {
        client.put(key, value);
    }

    private static List<KeyValue> all(String prefix) {
        return List.copyOf(client.all(prefix).values());
    }

    private static String json(SchemaAndValue value) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", "false"), false);
            return new String(converter.fromConnectData("t", value.schema(), value.value()), StandardCharsets.UTF_8);
        }
    }

    /** Sends inserts, several in each Kafka transaction. */
    private void inserts(String name, int partitions, int from, int to) {
        Map<Integer, Long> previous = new HashMap<>();
        for (int i = from; i < to; i++) {
            if ((i - from) % 40 == 0) {
                producer.beginTransaction();
            }
            int partition = i % partitions;
            long before = i < partitions ? 0 : i - partitions + 1;
            number = i + 1;
            String key = "/" + name + "/" + i;
            PgRecord change = new PgRecord.Change(
                    new Chain(number, before), ORIGIN, "etcd", key, "v" + i, new Revision(1000, 0), 0, "alice");
            producer.send(new ProducerRecord<>(name + ".etcd", partition, key, json(PgRecordCodec.encode(change))));
            if ((i - from) % 40 == 39 || i == to - 1) {
                producer.commitTransaction();
            }
        }
    }

    private static void expect(String name, int keys) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(all("/" + name + "/")).hasSize(keys));
        assertThat(all("/" + name + "/")).allMatch(kv -> kv.getVersion() == 1);
        assertThat(all("/own-" + name + "/answer/")).isEmpty();
        assertThat(TestEtcdClient.text(all("/own-" + name + "/epoch").get(0).getValue()))
                .isEqualTo("1000");
    }

    @Test
    void restartsAndKillsLoseNothingAndWriteNothingTwice() throws Exception {
        String name = "load";
        begin(name, 4);
        inserts(name, 4, 0, 2_000);
        expect(name, 2_000);

        // markers of transactions leave holes in the offsets; a new task must not take them for a loss
        worker.connect().stop(name);
        inserts(name, 4, 2_000, 2_100);
        worker.connect().resume(name);
        expect(name, 2_100);

        inserts(name, 4, 2_100, 7_000);
        worker.kill();
        worker.start();
        worker.connect().waitRunning(name, SOON);
        inserts(name, 4, 7_000, 7_100);
        expect(name, 7_100);

        await().atMost(SOON).untilAsserted(() -> {
            for (int partition = 0; partition < 4; partition++) {
                SinkProgress progress = SinkProgress.parse(
                        "key",
                        EtcdBytes.of(all("/own-" + name + "/progress/" + name + ".etcd/" + partition)
                                .get(0)
                                .getValue()
                                .getBytes()));
                assertThat(groupOffset(name, name + ".etcd", partition)).isEqualTo(progress.next());
            }
        });
    }

    private static long groupOffset(String name, String topic, int partition) {
        for (var offset : worker.connect().offsets(name).get("offsets")) {
            if (offset.get("partition").get("kafka_topic").asText().equals(topic)
                    && offset.get("partition").get("kafka_partition").asInt() == partition) {
                return offset.get("offset").get("kafka_offset").asLong();
            }
        }
        return -1;
    }

    @Test
    void bothKindsOfTopicAndDeadLettersWithTheirReason() throws Exception {
        String name = "letters";
        begin(name, 1);
        inserts(name, 1, 0, 3);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(name + ".etcd", 0, "/letters/0", "{\"not\": \"a send\"}"));
        producer.send(new ProducerRecord<>("plain-" + name, 0, "/letters/plain", "\"text\""));
        producer.send(new ProducerRecord<>("plain-" + name, 0, "/outside", "\"text\""));
        producer.commitTransaction();
        await().atMost(SOON).untilAsserted(() -> assertThat(all("/letters/")).hasSize(4));

        Map<String, String> reasons = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("dlq-" + name, 0)));
            await().atMost(SOON).untilAsserted(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    reasons.put(
                            record.key() + " " + new ObjectMapper().readTree(record.value()),
                            new String(
                                    record.headers()
                                            .lastHeader(DeadLetter.REASON_HEADER)
                                            .value(),
                                    StandardCharsets.UTF_8));
                }
                assertThat(reasons).hasSize(2);
            });
        }
        assertThat(reasons.get("/letters/0 {\"not\":\"a send\"}")).contains("not a numbered send");
        assertThat(reasons.get("/outside \"text\"")).contains("outside");
    }

    @Test
    void aLetterTooLargeForTheProducerHasNoValue() throws Exception {
        aLargeLetterHasNoValueAndTheTaskRuns("too-large", Map.of());
    }

    /** The producer has the limit of the examples, and the dead letter topic the limit of the broker. */
    @Test
    void aLetterTooLargeForTheTopicHasNoValue() throws Exception {
        aLargeLetterHasNoValueAndTheTaskRuns(
                "too-large-later", Map.of("producer.override.max.request.size", "16777216"));
    }

    private static void aLargeLetterHasNoValueAndTheTaskRuns(String name, Map<String, String> more) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            NewTopic letters =
                    new NewTopic("dlq-" + name, 1, (short) 1).configs(Map.of("max.message.bytes", "1048588"));
            admin.createTopics(List.of(letters)).all().get();
        }
        begin(name, 1, more);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("plain-" + name, 0, "/outside", "\"" + "x".repeat(1_200_000) + "\""));
        producer.commitTransaction();
        await().atMost(SOON).untilAsserted(() -> assertThat(groupOffset(name, "plain-" + name, 0))
                .isPositive());
        // Connect waits for the dead letters of a commit at the next commit
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("plain-" + name, 0, "/" + name + "/after", "\"text\""));
        producer.commitTransaction();
        await().atMost(SOON).untilAsserted(() -> assertThat(groupOffset(name, "plain-" + name, 0))
                .isGreaterThan(2));
        assertThat(worker.connect().failure(name)).isNull();
        assertThat(worker.connect().isRunning(name)).isTrue();
        assertThat(all("/" + name + "/")).hasSize(1);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("dlq-" + name, 0)));
            List<ConsumerRecord<String, String>> letters = new ArrayList<>();
            await().atMost(SOON).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
                assertThat(letters).hasSize(1);
            });
            assertThat(letters.get(0).key()).isEqualTo("/outside");
            assertThat(letters.get(0).value()).isNull();
            assertThat(header(letters.get(0), DeadLetter.OMITTED_HEADER)).isEqualTo("true");
            assertThat(header(letters.get(0), DeadLetter.REASON_HEADER)).contains("outside");
        }
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
