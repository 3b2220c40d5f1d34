package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.etcd.check.EtcdConnectionCheck;
import dev.etcdpg.etcd.check.EtcdConnectionCheck.RouteAccess;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Writes the changes of a PostgreSQL database to etcd by compare-and-swap, and plain topics as they are. */
public final class EtcdSinkConnector extends SinkConnector {

    private Map<String, String> settings;

    @Override
    public void start(Map<String, String> props) {
        new EtcdSinkConfig(props).routes();
        settings = Map.copyOf(props);
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
        // holds nothing
    }

    @Override
    public ConfigDef config() {
        return EtcdSinkConfig.DEF;
    }

    /** Beyond each setting by itself: do they fit together, and does etcd let us in. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        if (ConfigErrors.isValid(config)) {
            try {
                EtcdSinkConfig settings = new EtcdSinkConfig(connectorConfigs);
                EtcdConnectionCheck.run(settings, settings::routes, RouteAccess.READ_WRITE, config);
            } catch (ConfigException e) {
                throw new IllegalStateException("every setting is valid by itself", e);
            }
        }
        return config;
    }

    /** The progress keys follow, for the tasks go by them. */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        OffsetReset.run(new EtcdSinkConfig(connectorConfig), offsets);
        return true;
    }

    @Override
    public String version() {
        return Version.get();
    }
}
