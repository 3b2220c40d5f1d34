package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.etcd.check.EtcdConnectionCheck;
import dev.etcdpg.etcd.check.EtcdConnectionCheck.RouteAccess;
import dev.etcdpg.etcd.source.offset.OffsetTrial;
import dev.etcdpg.etcd.source.partition.Assignment;
import dev.etcdpg.etcd.source.partition.Layouts;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Publishes etcd prefixes as topics: a snapshot, then every event. */
public final class EtcdSourceConnector extends SourceConnector {

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> props) {
        properties = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return EtcdSourceTask.class;
    }

    /** Routes, and key ranges of large ones if there are tasks to spare, are dealt out in turn. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        EtcdSourceConfig config = new EtcdSourceConfig(properties);
        return Assignment.deal(new Layouts(config, Clock.systemUTC()).agree(maxTasks), maxTasks).stream()
                .map(assignment -> {
                    Map<String, String> task = new HashMap<>(properties);
                    task.put(EtcdSourceConfig.TASK_ASSIGNMENT, assignment.toJson());
                    return task;
                })
                .toList();
    }

    @Override
    public void stop() {
        // the tasks hold everything
    }

    @Override
    public ConfigDef config() {
        return EtcdSourceConfig.DEF;
    }

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        Config config = super.validate(connectorConfigs);
        if (ConfigErrors.isValid(config)) {
            EtcdSourceConfig settings = new EtcdSourceConfig(connectorConfigs);
            EtcdConnectionCheck.run(settings, settings::routes, RouteAccess.READ, config);
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
        new OffsetTrial(new EtcdSourceConfig(connectorConfig)).check(offsets);
        return true;
    }
}
