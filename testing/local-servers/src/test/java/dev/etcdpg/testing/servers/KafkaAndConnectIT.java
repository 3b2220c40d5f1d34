package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class KafkaAndConnectIT {

    @AutoClose
    private static final Kafka KAFKA = Kafka.started();

    @RepeatedTest(2)
    void committedRecordsSurviveAKilledBroker() throws Exception {
        String topic = "survives-" + System.nanoTime();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrap(), "transactional.id", "it"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "key", "value"));
            producer.commitTransaction();
        }

        KAFKA.kill();
        KAFKA.start();

        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrap(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> consumer.poll(Duration.ofMillis(200)).count() == 1);
        }
    }

    /** The broker ends by SIGTERM, as in a shutdown of the machine. */
    @Test
    void aBrokerThatEndedByItselfComesBack() {
        ProcessHandle broker = ProcessHandle.of(KAFKA.pid()).orElseThrow();
        broker.destroy();
        await().atMost(Duration.ofSeconds(60)).until(() -> !KAFKA.isRunning());

        KAFKA.start();

        assertThat(KAFKA.isRunning()).isTrue();
    }

    @Test
    void aKilledWorkerComesBack() {
        try (ConnectWorker worker = ConnectWorker.builder(KAFKA.bootstrap())
                .setting("group.id", "it")
                .start()) {
            Connect connect = worker.connect();
            assertThat(connect.plugins().toString()).contains("JsonConverter");
            assertThatThrownBy(() -> connect.put("wrong", Map.of("connector.class", "no.such.Connector")))
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("no.such.Connector");
            worker.kill();
            worker.start();

            assertThat(connect.connectors()).isEmpty();
        }
    }
}
