package dev.etcdpg.tool.plan;

import dev.etcdpg.tool.file.Direction;
import dev.etcdpg.tool.file.RouteEntry;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.RouteOptions.Writing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the topics that the connectors read and write. Their settings are those that the template of a source has for new topics. */
final class TopicPlanner {

    private static final String CREATION = "topic.creation.default.";

    private final SyncFile file;
    private final Names names;
    private final short replicationFactor;
    private final Map<String, String> config;

    TopicPlanner(SyncFile file, Names names) {
        this.file = file;
        this.names = names;
        SyncFile.Kafka kafka = file.kafka();
        this.replicationFactor = kafka == null ? -1 : kafka.replicationFactor().shortValue();
        this.config = topicSettings();
    }

    List<TopicPlan> topics() {
        List<TopicPlan> topics = new ArrayList<>();
        List<RouteEntry> both = file.routes().stream()
                .filter(route -> route.direction() == Direction.BOTH)
                .toList();
        for (RouteEntry route : file.routes()) {
            topics.add(topic(names.etcdTopic(route), route.partitions()));
        }
        for (RouteEntry route : both) {
            topics.add(topic(names.pgTopic(route), pgPartitions(both)));
        }
        topics.add(topic(names.etcdDeadLetters(), 1));
        file.routes().stream()
                .map(route -> Writing.of(route).suffix())
                .distinct()
                .forEach(options -> topics.add(deadLetters(ConnectorKind.PG_SINK, options)));
        if (!both.isEmpty()) {
            topics.add(topic(names.conflicts(), 1));
            topics.add(deadLetters(ConnectorKind.ETCD_SINK, ""));
        }
        return List.copyOf(topics);
    }

    /** Returns the partitions of all topics of the notify source, which serves all routes and has one setting. */
    static int pgPartitions(List<RouteEntry> routes) {
        return routes.stream().mapToInt(RouteEntry::partitions).max().orElse(RouteEntry.DEFAULT_PARTITIONS);
    }

    private TopicPlan deadLetters(ConnectorKind kind, String options) {
        return topic(Names.deadLetters(names.connector(kind, options)), 1);
    }

    private TopicPlan topic(String name, int partitions) {
        return new TopicPlan(name, partitions, replicationFactor, config);
    }

    private static Map<String, String> topicSettings() {
        Map<String, String> settings = new TreeMap<>();
        ConnectorTemplates.of(ConnectorKind.ETCD_SOURCE).forEach((setting, value) -> {
            if (setting.startsWith(CREATION)) {
                settings.put(setting.substring(CREATION.length()), value);
            }
        });
        settings.remove("partitions");
        settings.remove("replication.factor");
        return Map.copyOf(settings);
    }
}
