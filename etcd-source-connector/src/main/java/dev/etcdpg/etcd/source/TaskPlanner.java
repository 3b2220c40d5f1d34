package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.partition.LayoutPlanner;
import dev.etcdpg.etcd.source.partition.LayoutStore;
import dev.etcdpg.etcd.source.partition.TaskAssignment;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;

/** Divides the routes of a connector among its tasks. */
final class TaskPlanner {

    private final EtcdSourceConfig config;

    TaskPlanner(EtcdSourceConfig config) {
        this.config = config;
    }

    /** @throws ConnectException if etcd did not answer; Connect tries again */
    List<TaskAssignment> plan(int maxTasks) {
        try (EtcdGateway etcd = EtcdGateway.openForCall(config.etcd())) {
            LayoutPlanner planner = new LayoutPlanner(etcd, layouts(etcd, config), Clock.systemUTC());
            return TaskAssignment.deal(
                    planner.plan(config.routes(), maxTasks, config.getLong(EtcdSourceConfig.SPLIT_MIN_KEYS)), maxTasks);
        } catch (EtcdFailure e) {
            throw new ConnectException(
                    "Cannot read the key-range layout from etcd, which is needed to assign tasks: " + e.getMessage(),
                    e);
        }
    }

    /** Returns the store of the connector's layouts. */
    static LayoutStore layouts(EtcdGateway etcd, EtcdSourceConfig config) {
        return new LayoutStore(etcd, config.etcd().bookkeepingKeys().ranges(config.connectorName()));
    }
}
