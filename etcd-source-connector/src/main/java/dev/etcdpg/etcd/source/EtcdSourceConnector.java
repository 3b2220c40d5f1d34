package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.ConfigReview;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.topic.SourceTopics;
import dev.etcdpg.etcd.check.EtcdConnectionCheck;
import dev.etcdpg.etcd.check.EtcdConnectionCheck.RouteAccess;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.offset.OffsetValidator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Publishes etcd prefixes as topics: first a snapshot, then every event. */
public final class EtcdSourceConnector extends SourceConnector {

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> props) {
        properties = Map.copyOf(props);
        ConfigReview.warn(EtcdSourceConfig.DEF, props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return EtcdSourceTask.class;
    }

    /** Deals the routes to the tasks in turn. If there are more tasks than routes, large routes are cut into key ranges. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        EtcdSourceConfig config = new EtcdSourceConfig(properties);
        return new TaskPlanner(config)
                .plan(maxTasks).stream()
                        .map(assignment -> {
                            Map<String, String> task = new HashMap<>(properties);
                            task.put(EtcdSourceConfig.TASK_ASSIGNMENT, assignment.encode());
                            return task;
                        })
                        .toList();
    }

    @Override
    public void stop() {
        // only the tasks hold resources
    }

    @Override
    public ConfigDef config() {
        return EtcdSourceConfig.DEF;
    }

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        ConfigReview.source(EtcdSourceConfig.DEF, connectorConfigs, config);
        if (ConfigErrors.isValid(config)) {
            EtcdSourceConfig settings = new EtcdSourceConfig(connectorConfigs);
            EtcdConnectionCheck.run(settings, RouteAccess.READ, config);
            if (ConfigErrors.isValid(config)) {
                settings.deadLetterMistake(settings.etcd().routes())
                        .ifPresent(mistake -> ConfigErrors.add(config, EtcdSourceConfig.DEAD_LETTER_TOPIC, mistake));
            }
            if (ConfigErrors.isValid(config)) {
                WatchCheck.run(settings.etcd(), config);
                SourceTopics.validate(settings, settings.topicNeeds(), config);
            }
        }
        return config;
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> connectorConfig) {
        return ConnectorTransactionBoundaries.SUPPORTED;
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        EtcdSourceConfig config = new EtcdSourceConfig(connectorConfig);
        try (EtcdGateway etcd = EtcdGateway.openForCall(config.etcd())) {
            new OffsetValidator(
                            etcd,
                            config.etcd().bookkeepingKeys(),
                            TaskPlanner.layouts(etcd, config),
                            config.routes(),
                            config.getInt(TopicConfig.PARTITIONS))
                    .validate(offsets);
        }
        return true;
    }
}
