package dev.etcdpg.pg.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.ConfigReview;
import dev.etcdpg.core.topic.SourceTopics;
import dev.etcdpg.pg.client.ConnectionCheck;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Produces the local changes of a mirrored PostgreSQL database, in the order in which dispatch numbered them. */
public final class PostgresNotifySourceConnector extends SourceConnector {

    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> props) {
        settings = Map.copyOf(props);
        ConfigReview.warn(NotifySourceConfig.DEF, props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PostgresNotifySourceTask.class;
    }

    /** Returns one task, because dispatch assigns one sequence of numbers. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return List.of(settings);
    }

    @Override
    public void stop() {
        // nothing to release
    }

    @Override
    public ConfigDef config() {
        return NotifySourceConfig.DEF;
    }

    /** Validates each setting. If every setting is valid by itself, also connects to PostgreSQL and looks at the rights of the role. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        ConfigReview.source(NotifySourceConfig.DEF, connectorConfigs, config);
        if (ConfigErrors.isValid(config)) {
            NotifySourceConfig settings = new NotifySourceConfig(connectorConfigs);
            ConnectionCheck.check(settings.postgres(), config, connection -> {
                List<ConnectionCheck.Finding> findings = SourceRights.findings(connection, settings.postgres());
                return findings.isEmpty() ? ConflictsTopicCheck.findings(connection, settings.topics()) : findings;
            });
            if (ConfigErrors.isValid(config)) {
                // the routes are in the database: the task looks at their topics
                SourceTopics.validate(settings, settings.topicNeeds(List.of()), config);
            }
        }
        return config;
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach(SendOffset::check);
        return true;
    }

    @Override
    public String version() {
        return Version.get();
    }
}
