package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.ConfigReview;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.pg.client.ConnectionCheck;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.sink.store.OffsetStore;
import dev.etcdpg.pg.sink.store.RightsCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;

/** Keeps PostgreSQL tables equal to etcd prefixes, and decides conflicts. */
public final class PostgresSinkConnector extends SinkConnector {

    private Map<String, String> settings = Map.of();

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public ConfigDef config() {
        return PostgresSinkConfig.DEF;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PostgresSinkTask.class;
    }

    @Override
    public void start(Map<String, String> with) {
        settings = with;
        ConfigReview.warn(PostgresSinkConfig.DEF, with);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, settings);
    }

    @Override
    public void stop() {
        // holds nothing
    }

    /** Validates each setting. If every setting is valid by itself, also connects to PostgreSQL. */
    @Override
    public Config validate(Map<String, String> with) {
        Config report = super.validate(with);
        ConfigReview.sink(PostgresSinkConfig.DEF, with, report);
        if (ConfigErrors.isValid(report)) {
            PostgresSinkConfig config = new PostgresSinkConfig(with);
            try {
                ConfigReview.sinkTopics(with, config.routes(), config.getString(TopicConfig.PREFIX), false, report);
            } catch (ConfigException e) {
                ConfigErrors.add(report, RouteConfig.ROUTES, String.valueOf(e.getMessage()));
            }
            ConnectionCheck.check(
                    config.postgres(),
                    report,
                    connection -> ConfigErrors.isValid(report)
                            ? RightsCheck.findings(
                                    connection, config.postgres(), config.routes(), config.installation())
                            : List.of());
        }
        return report;
    }

    /**
     * Sets the offsets in PostgreSQL when Connect moves or resets the offsets of the group. The sink then skips events that are already
     * applied.
     */
    @Override
    public boolean alterOffsets(Map<String, String> with, Map<TopicPartition, Long> offsets) {
        PostgresSinkConfig config = new PostgresSinkConfig(with);
        offsets.forEach((partition, offset) -> {
            config.route(partition.topic());
            if (offset != null && offset < 0) {
                throw new ConnectException("The offset of " + partition + " must not be negative: " + offset + ".");
            }
        });
        try (Connection connection =
                config.postgres().open("etcd-pg-connect offsets", PostgresConfig.REQUEST_TIMEOUT)) {
            OffsetStore.alter(connection, config.postgres().bookkeepingSchema(), offsets);
            return true;
        } catch (SQLException e) {
            throw new ConnectException("Cannot set the offsets in PostgreSQL: " + e.getMessage(), e);
        }
    }
}
