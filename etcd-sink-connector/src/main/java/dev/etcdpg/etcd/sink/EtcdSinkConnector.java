package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.ConfigReview;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.etcd.check.EtcdConnectionCheck;
import dev.etcdpg.etcd.check.EtcdConnectionCheck.RouteAccess;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.sink.progress.OffsetReset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Writes the changes of a PostgreSQL database to etcd by compare-and-swap, and the records of plain topics without a compare. */
public final class EtcdSinkConnector extends SinkConnector {

    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> props) {
        new EtcdSinkConfig(props).routes();
        settings = Map.copyOf(props);
        ConfigReview.warn(EtcdSinkConfig.DEF, props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return EtcdSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, settings);
    }

    @Override
    public void stop() {
        // the connector holds no resources
    }

    @Override
    public ConfigDef config() {
        return EtcdSinkConfig.DEF;
    }

    /** Checks each setting, whether the settings fit together, and whether etcd grants access. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        if (readsChanges(connectorConfigs)) {
            ConfigReview.sink(EtcdSinkConfig.DEF, connectorConfigs, config);
        } else {
            ConfigReview.anySink(EtcdSinkConfig.DEF, connectorConfigs, config);
        }
        if (ConfigErrors.isValid(config)) {
            EtcdSinkConfig valid = new EtcdSinkConfig(connectorConfigs);
            EtcdConnectionCheck.run(valid, RouteAccess.READ_WRITE, config);
            if (ConfigErrors.isValid(config)) {
                ConfigReview.sinkTopics(
                        connectorConfigs, valid.routes(), valid.getString(TopicConfig.PREFIX), true, config);
            }
        }
        return config;
    }

    /** Returns whether a topic may contain changes of a database. The records of plain topics can have any converter. */
    private static boolean readsChanges(Map<String, String> settings) {
        String prefix = settings.getOrDefault(TopicConfig.PREFIX, EtcdSinkConfig.DEFAULT_TOPIC_PREFIX) + ".";
        List<String> topics = ConfigReview.topics(settings);
        return topics.stream().anyMatch(topic -> topic.startsWith(prefix));
    }

    /** Sets the progress keys in etcd too, because the tasks follow them. */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        OffsetReset.validate(offsets);
        EtcdSinkConfig config = new EtcdSinkConfig(connectorConfig);
        try (EtcdGateway etcd = EtcdGateway.openForCall(config.etcd())) {
            new OffsetReset(etcd, config.keys()).run(offsets);
        }
        return true;
    }

    @Override
    public String version() {
        return Version.get();
    }
}
