package dev.etcdpg.tool.file;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code sync.yaml}. The JSON schema {@code sync.schema.json} describes each field. {@link SyncFileReader} makes sure that a
 * file fits the schema.
 */
public record SyncFile(
        @Nullable String name,
        Etcd etcd,
        Postgres postgres,
        @Nullable Kafka kafka,
        @Nullable Connect connect,
        List<RouteEntry> routes,
        @Nullable Settings settings) {

    public static final String DEFAULT_NAME = "etcd-pg";

    /** First part of the names of connectors and topics. */
    @Override
    public String name() {
        return name == null ? DEFAULT_NAME : name;
    }

    @Override
    public Settings settings() {
        return settings == null ? Settings.NONE : settings;
    }

    /** The connection to etcd. Paths are paths on the workers. */
    public record Etcd(
            List<String> endpoints,
            @Nullable String user,
            @Nullable String password,
            @Nullable String cacert,
            @Nullable String cert,
            @Nullable String key,
            @Nullable String serverName) {}

    /** The connection to PostgreSQL. */
    public record Postgres(String url, @Nullable String user, @Nullable String password) {}

    /** The Kafka cluster of the workers. */
    public record Kafka(
            String bootstrapServers, @Nullable Integer replicationFactor, @Nullable Map<String, String> properties) {

        /** Copies of each topic; -1 for the default of the brokers. */
        @Override
        public Integer replicationFactor() {
            return replicationFactor == null ? -1 : replicationFactor;
        }

        @Override
        public Map<String, String> properties() {
            return properties == null ? Map.of() : properties;
        }
    }

    /** The REST API of the workers. */
    public record Connect(String url, @Nullable String user, @Nullable String password) {}

    /** Additional settings of each kind of connector. */
    public record Settings(
            @Nullable Map<String, String> etcdSource,
            @Nullable Map<String, String> pgSink,
            @Nullable Map<String, String> pgNotifySource,
            @Nullable Map<String, String> etcdSink) {

        static final Settings NONE = new Settings(null, null, null, null);

        @Override
        public Map<String, String> etcdSource() {
            return Optional.ofNullable(etcdSource).orElse(Map.of());
        }

        @Override
        public Map<String, String> pgSink() {
            return Optional.ofNullable(pgSink).orElse(Map.of());
        }

        @Override
        public Map<String, String> pgNotifySource() {
            return Optional.ofNullable(pgNotifySource).orElse(Map.of());
        }

        @Override
        public Map<String, String> etcdSink() {
            return Optional.ofNullable(etcdSink).orElse(Map.of());
        }
    }
}
