package dev.etcdpg.tool.deploy;

import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.file.Problem;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.TopicPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what would go wrong before anything is changed. The workers do most of it: the validation of a configuration connects to the stores,
 * and looks at rights, versions, topics, exactly-once support and the override policy.
 */
public final class Validation {

    private final DeploymentPlan plan;
    private final ConnectWorkers workers;
    private final KafkaTopics kafka;

    public Validation(DeploymentPlan plan, ConnectWorkers workers, KafkaTopics kafka) {
        this.plan = plan;
        this.workers = workers;
        this.kafka = kafka;
    }

    /** Returns all problems; empty if the plan can be applied. */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(clusterProblems());
        problems.addAll(pluginProblems());
        if (!problems.isEmpty()) {
            return problems;
        }
        problems.addAll(topicProblems());
        problems.addAll(connectorProblems());
        return problems;
    }

    private List<Problem> clusterProblems() {
        String ofWorkers = workers.worker().kafkaClusterId();
        String ofFile = kafka.clusterId();
        return ofWorkers.equals(ofFile)
                ? List.of()
                : List.of(new Problem(
                        "kafka.bootstrapServers",
                        "The brokers belong to the Kafka cluster " + ofFile + ", and the Connect workers at "
                                + workers.url() + " to " + ofWorkers + ". Name the brokers of the workers."));
    }

    private List<Problem> pluginProblems() {
        Set<String> present = workers.connectorClasses();
        List<String> missing = plan.connectors().stream()
                .map(ConnectorPlan::type)
                .filter(type -> !present.contains(type))
                .distinct()
                .toList();
        return missing.isEmpty()
                ? List.of()
                : List.of(
                        new Problem(
                                "connect.url",
                                "The workers at " + workers.url() + " do not have " + String.join(", ", missing)
                                        + ". Unpack the archive of etcd-pg-connect into a folder of their plugin.path, and restart them."));
    }

    private List<Problem> topicProblems() {
        Set<String> existing = kafka.existing(
                        plan.topics().stream().map(TopicPlan::name).toList())
                .keySet();
        List<Problem> problems = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            if (!existing.contains(topic.name())) {
                try {
                    kafka.validate(topic);
                } catch (ClusterException e) {
                    problems.add(new Problem("topic " + topic.name(), String.valueOf(e.getMessage())));
                }
            }
        }
        return problems;
    }

    /** The same mistake of the file shows in several connectors, and is reported once. */
    private Collection<Problem> connectorProblems() {
        Set<Problem> problems = new LinkedHashSet<>();
        for (ConnectorPlan connector : plan.connectors()) {
            Map<String, List<String>> errors = workers.validate(connector.name(), connector.config());
            errors.forEach((setting, sentences) -> sentences.forEach(
                    sentence -> problems.add(new Problem(FileField.of(connector, setting), sentence))));
        }
        return problems;
    }
}
