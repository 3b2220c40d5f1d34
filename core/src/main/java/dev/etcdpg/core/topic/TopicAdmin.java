package dev.etcdpg.core.topic;

import dev.etcdpg.core.config.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;

/** Asks Kafka about topics. Each question takes some seconds at most. */
final class TopicAdmin implements AutoCloseable {

    private static final Config NOTHING = new Config(List.of());

    private final Admin admin;

    private TopicAdmin(Admin admin) {
        this.admin = admin;
    }

    /**
     * Opens a connection that the caller must close. Returns empty if the connector has no address of a broker.
     *
     * @throws KafkaException if the settings are wrong, for example if an address cannot be resolved
     */
    static Optional<TopicAdmin> open(AbstractConfig config) {
        Map<String, Object> settings = KafkaConfig.adminSettings(config);
        return settings.isEmpty() ? Optional.empty() : Optional.of(new TopicAdmin(Admin.create(settings)));
    }

    /**
     * Returns the state of each topic.
     *
     * @throws KafkaUnavailableException if Kafka does not answer
     */
    Map<String, TopicState> states(Collection<String> topics) throws KafkaUnavailableException {
        Map<String, TopicState> states = new HashMap<>();
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(topics).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
            states.put(answer.getKey(), state(answer.getKey(), answer.getValue()));
        }
        return states;
    }

    private TopicState state(String topic, KafkaFuture<TopicDescription> answer) throws KafkaUnavailableException {
        try {
            int partitions = await(answer).partitions().size();
            Map<String, String> settings = settings(topic);
            return new TopicState.Existing(
                    partitions,
                    settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, ""),
                    Long.parseLong(settings.getOrDefault(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(Long.MAX_VALUE))));
        } catch (UnknownTopicOrPartitionException e) {
            return new TopicState.Absent();
        } catch (KafkaException e) {
            return new TopicState.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the settings of a topic; empty if Kafka refuses to tell, because they need a right that a producer does not need. */
    private Map<String, String> settings(String topic) throws KafkaUnavailableException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config settings =
                    await(admin.describeConfigs(List.of(resource)).all()).getOrDefault(resource, NOTHING);
            return settings.entries().stream()
                    .filter(entry -> entry.value() != null)
                    .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
        } catch (AuthorizationException e) {
            return Map.of();
        }
    }

    /**
     * Creates topics. A topic that exists already is no error.
     *
     * @return Kafka's reasons why topics were not created
     * @throws KafkaUnavailableException if Kafka does not answer
     */
    List<String> create(Collection<NewTopic> topics) throws KafkaUnavailableException {
        List<String> refused = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<Void>> answer :
                admin.createTopics(topics).values().entrySet()) {
            try {
                await(answer.getValue());
            } catch (TopicExistsException e) {
                // another task or Connect was faster
            } catch (KafkaException e) {
                refused.add("Kafka refuses to create the topic " + answer.getKey() + ": " + e.getMessage()
                        + " Create the topic by hand, or correct the settings topic.creation.*.");
            }
        }
        return refused;
    }

    /** @throws KafkaException Kafka's answer that is no success */
    private static <T> T await(KafkaFuture<T> answer) throws KafkaUnavailableException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException
                    && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new KafkaUnavailableException(e.getCause());
            } else if (e.getCause() instanceof KafkaException refusal) {
                throw refusal;
            }
            throw new KafkaUnavailableException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the topics were looked at", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
