package dev.etcdpg.tool.plan;

import dev.etcdpg.tool.file.Direction;
import dev.etcdpg.tool.file.RouteEntry;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.RouteOptions.Reading;
import dev.etcdpg.tool.plan.RouteOptions.Writing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the configurations of the connectors: the template, then what the file says, then the additional settings of the file. */
final class ConnectorPlanner {

    /** With one direction, nobody can ask the source for a snapshot after a loss. */
    private static final String ONE_WAY_SNAPSHOT_INTERVAL_MS = "3600000";

    private final SyncFile file;
    private final Names names;

    ConnectorPlanner(SyncFile file, Names names) {
        this.file = file;
        this.names = names;
    }

    List<ConnectorPlan> connectors() {
        List<ConnectorPlan> connectors = new ArrayList<>();
        grouped(file.routes(), Reading::of).forEach((options, routes) -> connectors.add(etcdSource(options, routes)));
        grouped(file.routes(), Writing::of).forEach((options, routes) -> connectors.add(pgSink(options, routes)));
        List<RouteEntry> both = file.routes().stream()
                .filter(route -> route.direction() == Direction.BOTH)
                .toList();
        if (!both.isEmpty()) {
            connectors.add(pgNotifySource(both));
            connectors.add(etcdSink(both));
        }
        return List.copyOf(connectors);
    }

    private static <O> Map<O, List<RouteEntry>> grouped(List<RouteEntry> routes, Function<RouteEntry, O> options) {
        return routes.stream().collect(Collectors.groupingBy(options, LinkedHashMap::new, Collectors.toList()));
    }

    private ConnectorPlan etcdSource(Reading options, List<RouteEntry> routes) {
        Map<String, String> config = new TreeMap<>();
        putEtcd(config);
        config.put("routes", routeList(routes));
        config.put("topic.prefix", names.etcdTopicPrefix());
        putPartitions(config, options.partitions());
        if (options.direction() == Direction.FROM_ETCD) {
            config.put("snapshot.interval.ms", ONE_WAY_SNAPSHOT_INTERVAL_MS);
        }
        return plan(
                ConnectorKind.ETCD_SOURCE,
                options.suffix(),
                config,
                file.settings().etcdSource());
    }

    private ConnectorPlan pgSink(Writing options, List<RouteEntry> routes) {
        Map<String, String> config = new TreeMap<>();
        putPostgres(config);
        config.put("routes", routeList(routes));
        config.put("topics", topics(routes, names::etcdTopic));
        config.put("topic.prefix", names.etcdTopicPrefix());
        config.put("table.schema", options.schema());
        config.put("conflict.policy", options.conflictPolicy());
        putDeadLetters(config, names.connector(ConnectorKind.PG_SINK, options.suffix()));
        return plan(
                ConnectorKind.PG_SINK, options.suffix(), config, file.settings().pgSink());
    }

    private ConnectorPlan pgNotifySource(List<RouteEntry> routes) {
        Map<String, String> config = new TreeMap<>();
        putPostgres(config);
        config.put("topic.prefix", names.pgTopicPrefix());
        putPartitions(config, TopicPlanner.pgPartitions(routes));
        return plan(ConnectorKind.PG_NOTIFY_SOURCE, "", config, file.settings().pgNotifySource());
    }

    private ConnectorPlan etcdSink(List<RouteEntry> routes) {
        Map<String, String> config = new TreeMap<>();
        putEtcd(config);
        config.put("routes", routeList(routes));
        config.put("topics", topics(routes, names::pgTopic));
        config.put("topic.prefix", names.pgTopicPrefix());
        putDeadLetters(config, names.connector(ConnectorKind.ETCD_SINK, ""));
        return plan(ConnectorKind.ETCD_SINK, "", config, file.settings().etcdSink());
    }

    private ConnectorPlan plan(
            ConnectorKind kind, String options, Map<String, String> fromFile, Map<String, String> additional) {
        Map<String, String> config = new TreeMap<>(ConnectorTemplates.of(kind));
        putKafka(config);
        config.putAll(fromFile);
        config.putAll(additional);
        return new ConnectorPlan(names.connector(kind, options), kind, config);
    }

    private void putKafka(Map<String, String> config) {
        SyncFile.Kafka kafka = file.kafka();
        if (kafka != null) {
            config.put("kafka.bootstrap.servers", kafka.bootstrapServers());
            kafka.properties().forEach((name, value) -> config.put("kafka." + name, value));
        }
    }

    private void putEtcd(Map<String, String> config) {
        SyncFile.Etcd etcd = file.etcd();
        config.put("etcd.endpoints", String.join(",", etcd.endpoints()));
        putIfSet(config, "etcd.user", etcd.user());
        putIfSet(config, "etcd.password", etcd.password());
        putIfSet(config, "etcd.cacert", etcd.cacert());
        putIfSet(config, "etcd.cert", etcd.cert());
        putIfSet(config, "etcd.key", etcd.key());
        putIfSet(config, "etcd.tls.server.name", etcd.serverName());
    }

    private void putPostgres(Map<String, String> config) {
        SyncFile.Postgres postgres = file.postgres();
        config.put("connection.url", PostgresUrl.jdbc(postgres.url()));
        putIfSet(config, "connection.user", postgres.user());
        putIfSet(config, "connection.password", postgres.password());
    }

    private static void putPartitions(Map<String, String> config, int partitions) {
        config.put("partitions", Integer.toString(partitions));
        config.put("topic.creation.default.partitions", Integer.toString(partitions));
    }

    private static void putDeadLetters(Map<String, String> config, String sink) {
        config.put("errors.deadletterqueue.topic.name", Names.deadLetters(sink));
    }

    private static void putIfSet(Map<String, String> config, String setting, @Nullable String value) {
        if (value != null) {
            config.put(setting, value);
        }
    }

    private static String routeList(List<RouteEntry> routes) {
        return routes.stream().map(route -> route.name() + "=" + route.prefix()).collect(Collectors.joining(","));
    }

    private static String topics(List<RouteEntry> routes, Function<RouteEntry, String> topic) {
        return routes.stream().map(topic).collect(Collectors.joining(","));
    }
}
