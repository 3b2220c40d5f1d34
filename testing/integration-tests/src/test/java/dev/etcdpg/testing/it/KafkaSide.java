package dev.etcdpg.testing.it;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** Changes topics and groups as an operator or retention does. */
final class KafkaSide {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Admin admin;

    KafkaSide(String bootstrap) {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** Deletes a topic and creates it again, with the same number of partitions. */
    void deleteAndCreate(String topic) {
        int partitions = offsets(topic, OffsetSpec.earliest()).size();
        answer(admin.deleteTopics(List.of(topic)).all());
        await("deletion of " + topic)
                .atMost(PATIENCE)
                .until(() -> !answer(admin.listTopics().names()).contains(topic));
        // At once, because a client that still writes could create the topic with other settings.
        answer(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    void create(int partitions, Map<String, String> settings, String... topics) {
        answer(admin.createTopics(Stream.of(topics)
                        .map(topic -> new NewTopic(topic, partitions, (short) 1).configs(settings))
                        .toList())
                .all());
    }

    /** Returns when the topic is gone. */
    void delete(String topic) {
        answer(admin.deleteTopics(List.of(topic)).all());
        await("deletion of " + topic)
                .atMost(PATIENCE)
                .until(() -> !answer(admin.listTopics().names()).contains(topic));
    }

    /** A producer that still writes the topic can be faster. */
    void createIfMissing(int partitions, String topic) {
        try {
            create(partitions, Map.of(), topic);
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof ExecutionException refusal
                    && refusal.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** Deletes all present records, as retention does. */
    void deleteRecords(String topic) {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        offsets(topic, OffsetSpec.latest())
                .forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
        answer(admin.deleteRecords(all).all());
    }

    void addPartitions(String topic, int total) {
        answer(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total)))
                .all());
    }

    /** Sets the group of a stopped sink to the beginning or the end. */
    void resetGroup(String connector, String topic, OffsetSpec to) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets(topic, to).forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
        answer(admin.alterConsumerGroupOffsets("connect-" + connector, all).all());
    }

    /** Whether a sink has committed these offsets or later ones. */
    boolean hasPassed(String connector, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                answer(admin.listConsumerGroupOffsets("connect-" + connector).partitionsToOffsetAndMetadata());
        return ends.entrySet().stream()
                .allMatch(end -> committed.get(end.getKey()) != null
                        && committed.get(end.getKey()).offset() >= end.getValue());
    }

    Map<TopicPartition, Long> offsets(String topic, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        answer(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .forEach(partition -> wanted.put(new TopicPartition(topic, partition.partition()), spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer(admin.listOffsets(wanted).all()).forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
