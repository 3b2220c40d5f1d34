package dev.etcdpg.etcd.source;

import dev.etcdpg.common.Route;
import dev.etcdpg.common.Version;
import dev.etcdpg.etcd.source.decide.SourceOffset;
import java.util.ArrayList;
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

    /** Routes are dealt out in turn. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Route> routes = new EtcdSourceConfig(properties).routes();
        int tasks = Math.min(maxTasks, routes.size());
        List<List<String>> dealt = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            if (i < tasks) {
                dealt.add(new ArrayList<>());
            }
            dealt.get(i % tasks).add(routes.get(i).name());
        }
        return dealt.stream()
                .map(names -> {
                    Map<String, String> task = new HashMap<>(properties);
                    task.put(EtcdSourceConfig.TASK_ROUTES, String.join(",", names));
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
        return new ConnectionTrial(connectorConfigs).annotate(super.validate(connectorConfigs));
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
        offsets.forEach((partition, offset) -> {
            SourceOffset.checkPartition(partition);
            if (offset != null) {
                SourceOffset.of(offset);
            }
        });
        return true;
    }
}
