package dev.etcdpg.tool.deploy;

import dev.etcdpg.tool.plan.ConnectorPlan;
import java.util.Map;

/** Names the field of {@code sync.yaml} from which a setting of a connector comes. */
final class FileField {

    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("etcd.endpoints", "etcd.endpoints"),
            Map.entry("etcd.user", "etcd.user"),
            Map.entry("etcd.password", "etcd.password"),
            Map.entry("etcd.cacert", "etcd.cacert"),
            Map.entry("etcd.cert", "etcd.cert"),
            Map.entry("etcd.key", "etcd.key"),
            Map.entry("etcd.tls.server.name", "etcd.serverName"),
            Map.entry("connection.url", "postgres.url"),
            Map.entry("connection.user", "postgres.user"),
            Map.entry("connection.password", "postgres.password"),
            Map.entry("kafka.bootstrap.servers", "kafka.bootstrapServers"),
            Map.entry("routes", "routes"),
            Map.entry("topics", "routes"),
            Map.entry("table.schema", "routes, table"),
            Map.entry("conflict.policy", "routes, conflictPolicy"),
            Map.entry("partitions", "routes, partitions"));

    private FileField() {}

    /** Returns the field; for a setting that no field sets, the connector and the setting. */
    static String of(ConnectorPlan connector, String setting) {
        String field = FIELDS.get(setting);
        return field == null ? connector.name() + ", " + setting : field;
    }
}
