package dev.etcdpg.tool.plan;

/** The four connectors, in the order in which they are created: a connector needs the objects that the connectors before it create. */
public enum ConnectorKind {
    ETCD_SOURCE("etcd-source"),
    PG_SINK("pg-sink"),
    PG_NOTIFY_SOURCE("pg-notify-source"),
    ETCD_SINK("etcd-sink");

    private final String suffix;

    ConnectorKind(String suffix) {
        this.suffix = suffix;
    }

    /** Last part of the connector's name, and name of its example. */
    public String suffix() {
        return suffix;
    }
}
