package dev.etcdpg.tool.deploy;

import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.plan.ConfigDifference;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.Difference;
import dev.etcdpg.tool.plan.Difference.Action;
import dev.etcdpg.tool.plan.Difference.Subject;
import dev.etcdpg.tool.plan.ExistingTopic;
import dev.etcdpg.tool.plan.TopicDifference;
import dev.etcdpg.tool.plan.TopicPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What exists in Kafka and Connect, compared with the plan. */
public final class Deployment {

    private final DeploymentPlan plan;
    private final ConnectWorkers workers;
    private final KafkaTopics kafka;
    private final List<TopicDifference> topics;
    private final List<Difference> connectors;

    private Deployment(
            DeploymentPlan plan,
            ConnectWorkers workers,
            KafkaTopics kafka,
            List<TopicDifference> topics,
            List<Difference> connectors) {
        this.plan = plan;
        this.workers = workers;
        this.kafka = kafka;
        this.topics = topics;
        this.connectors = connectors;
    }

    /** Looks at what exists. Changes nothing. */
    public static Deployment compare(DeploymentPlan plan, ConnectWorkers workers, KafkaTopics kafka) {
        return new Deployment(plan, workers, kafka, topicDifferences(plan, kafka), connectorDifferences(plan, workers));
    }

    private static List<TopicDifference> topicDifferences(DeploymentPlan plan, KafkaTopics kafka) {
        Map<String, ExistingTopic> existing =
                kafka.existing(plan.topics().stream().map(TopicPlan::name).toList());
        return plan.topics().stream()
                .map(topic -> TopicDifference.of(topic, existing.get(topic.name())))
                .toList();
    }

    private static List<Difference> connectorDifferences(DeploymentPlan plan, ConnectWorkers workers) {
        List<Difference> differences = new ArrayList<>();
        Set<String> planned =
                plan.connectors().stream().map(ConnectorPlan::name).collect(Collectors.toSet());
        for (String name : workers.connectors()) {
            if (plan.owns(name) && !planned.contains(name)) {
                differences.add(new Difference(Action.DELETE, Subject.CONNECTOR, name, List.of()));
            }
        }
        for (ConnectorPlan connector : plan.connectors()) {
            Optional<Map<String, String>> existing = workers.config(connector.name());
            List<String> details = ConfigDifference.lines(existing.orElse(Map.of()), connector.config());
            Action action = existing.isEmpty() ? Action.CREATE : details.isEmpty() ? Action.NONE : Action.CHANGE;
            differences.add(new Difference(action, Subject.CONNECTOR, connector.name(), details));
        }
        return differences;
    }

    /** Returns all topics and connectors, with what must be done to each. */
    public List<Difference> differences() {
        List<Difference> all =
                new ArrayList<>(topics.stream().map(TopicDifference::difference).toList());
        all.addAll(connectors);
        return all;
    }

    /** Returns whether something must be done. */
    public boolean isNeeded() {
        return differences().stream().anyMatch(Difference::isNeeded);
    }

    /**
     * Makes what exists equal to the plan: topics first, then the connectors that are no longer planned, then the others.
     *
     * @param progress receives a line before each step
     */
    public void apply(Consumer<String> progress) {
        topics.forEach(topic -> apply(topic, progress));
        for (Difference difference : connectors) {
            if (difference.action() == Action.DELETE) {
                progress.accept("removing the connector " + difference.name());
                workers.delete(difference.name());
            }
        }
        for (ConnectorPlan connector : plan.connectors()) {
            Action action = action(connector);
            if (action != Action.NONE) {
                progress.accept(
                        (action == Action.CREATE ? "creating" : "changing") + " the connector " + connector.name());
                workers.put(connector.name(), connector.config());
            }
        }
    }

    private void apply(TopicDifference topic, Consumer<String> progress) {
        String name = topic.plan().name();
        if (!topic.exists()) {
            progress.accept("creating the topic " + name);
            kafka.create(topic.plan());
            return;
        }
        if (topic.addsPartitions()) {
            progress.accept("adding partitions to the topic " + name);
            kafka.addPartitions(name, topic.plan().partitions());
        }
        if (!topic.config().isEmpty()) {
            progress.accept("changing settings of the topic " + name);
            kafka.change(name, topic.config());
        }
    }

    private Action action(ConnectorPlan connector) {
        return connectors.stream()
                .filter(difference -> difference.name().equals(connector.name()))
                .findFirst()
                .map(Difference::action)
                .orElseThrow();
    }
}
