package dev.etcdpg.tool.store;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.tool.file.References;
import dev.etcdpg.tool.plan.ConnectorKind;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** A connection to the etcd of a file, with the settings of the etcd source. Paths of certificates must exist on this machine too. */
public final class EtcdAccess implements AutoCloseable {

    private final EtcdGateway gateway;
    private final BookkeepingKeys keys;

    private EtcdAccess(EtcdGateway gateway, BookkeepingKeys keys) {
        this.gateway = gateway;
        this.keys = keys;
    }

    /** Connects at the first request. */
    public static EtcdAccess open(DeploymentPlan plan) {
        ConnectorPlan source = plan.connectors().stream()
                .filter(connector -> connector.kind() == ConnectorKind.ETCD_SOURCE)
                .findFirst()
                .orElseThrow();
        return open(source.config());
    }

    /**
     * Connects at the first request.
     *
     * @param settings of a connector of etcd, possibly with references
     */
    public static EtcdAccess open(Map<String, String> settings) {
        EtcdConfig config = new EtcdConfig(
                new AbstractConfig(EtcdConfig.define(new ConfigDef()), References.resolve("etcd", settings), false));
        return new EtcdAccess(EtcdGateway.open(config), config.bookkeepingKeys());
    }

    public EtcdGateway gateway() {
        return gateway;
    }

    /** Returns the names of the connectors' own keys. */
    public BookkeepingKeys keys() {
        return keys;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
