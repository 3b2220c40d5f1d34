package dev.etcdpg.tool.connect;

import dev.etcdpg.tool.plan.ExistingTopic;
import dev.etcdpg.tool.plan.TopicPlan;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics of a Kafka cluster. Each call throws {@link ClusterException} if the brokers do not answer or refuse the request. */
public final class KafkaTopics implements AutoCloseable {

    private static final int TIMEOUT_MS = 9_000;

    private final String bootstrap;
    private final Admin admin;

    /** @param properties further settings of the client */
    public KafkaTopics(String bootstrap, Map<String, String> properties) {
        this.bootstrap = bootstrap;
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS / 3);
        settings.putIfAbsent(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try {
            this.admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw new ClusterException("A client of Kafka cannot be made for " + bootstrap + ": " + rootMessage(e), e);
        }
    }

    /** Returns the id of the cluster. */
    public String clusterId() {
        return await("asking for the cluster id", admin.describeCluster().clusterId());
    }

    /** Returns those of the topics that exist, by name. */
    public Map<String, ExistingTopic> existing(Collection<String> names) {
        Map<String, Integer> partitions = new TreeMap<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(names).topicNameValues();
        descriptions.forEach((name, future) -> find("describing " + name, future)
                .ifPresent(topic -> partitions.put(name, topic.partitions().size())));
        Map<ConfigResource, Config> configs = await(
                "reading settings of topics",
                admin.describeConfigs(partitions.keySet().stream()
                                .map(KafkaTopics::resource)
                                .toList())
                        .all());
        Map<String, ExistingTopic> existing = new TreeMap<>();
        configs.forEach((resource, config) -> existing.put(
                resource.name(), new ExistingTopic(partitions.getOrDefault(resource.name(), 0), settings(config))));
        return existing;
    }

    private static Map<String, String> settings(Config config) {
        return config.entries().stream()
                .filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    /** Asks the brokers whether they would create a topic. */
    public void validate(TopicPlan topic) {
        create(topic, new CreateTopicsOptions().validateOnly(true));
    }

    public void create(TopicPlan topic) {
        create(topic, new CreateTopicsOptions());
    }

    private void create(TopicPlan topic, CreateTopicsOptions options) {
        NewTopic created = new NewTopic(
                        topic.name(),
                        Optional.of(topic.partitions()),
                        topic.replicationFactor() < 0 ? Optional.empty() : Optional.of(topic.replicationFactor()))
                .configs(topic.config());
        await(
                "creating the topic " + topic.name(),
                admin.createTopics(List.of(created), options).all());
    }

    public void addPartitions(String topic, int partitions) {
        await(
                "adding partitions to " + topic,
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                        .all());
    }

    /** Changes settings of a topic. */
    public void change(String topic, Map<String, String> config) {
        List<AlterConfigOp> operations = config.entrySet().stream()
                .map(entry ->
                        new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        await(
                "changing settings of " + topic,
                admin.incrementalAlterConfigs(Map.of(resource(topic), operations))
                        .all());
    }

    public void delete(Collection<String> topics) {
        await("deleting topics", admin.deleteTopics(topics).all());
    }

    @Override
    public void close() {
        admin.close();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private <T> Optional<T> find(String request, KafkaFuture<T> future) {
        try {
            return Optional.of(get(request, future));
        } catch (ExecutionException e) {
            if (cause(e) instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw failure(request, cause(e));
        }
    }

    private <T> T await(String request, KafkaFuture<T> future) {
        try {
            return get(request, future);
        } catch (ExecutionException e) {
            throw failure(request, cause(e));
        }
    }

    private <T> T get(String request, KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(2L * TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failure(request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted while " + request + ".", e);
        }
    }

    private ClusterException failure(String request, Throwable cause) {
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException || cause instanceof TimeoutException) {
            return new ClusterException("No Kafka broker answers at " + bootstrap + " (" + request + ").", cause);
        }
        return new ClusterException(
                "Kafka at " + bootstrap + " has refused " + request + ": " + cause.getMessage(), cause);
    }

    private static Throwable cause(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
