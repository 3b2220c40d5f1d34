package dev.etcdpg.tool.plan;

import dev.etcdpg.tool.file.RouteEntry;

/** The names of connectors and topics of one file. */
final class Names {

    private final String name;

    Names(String name) {
        this.name = name;
    }

    /** @param options distinguishes connectors of one kind; empty for the usual options, otherwise begins with - */
    String connector(ConnectorKind kind, String options) {
        return name + "-" + kind.suffix() + options;
    }

    /** {@code topic.prefix} of the etcd source and the PostgreSQL sink. */
    String etcdTopicPrefix() {
        return name + ".etcd";
    }

    /** {@code topic.prefix} of the notify source and the etcd sink. */
    String pgTopicPrefix() {
        return name + ".pg";
    }

    String etcdTopic(RouteEntry route) {
        return etcdTopicPrefix() + "." + route.name();
    }

    String pgTopic(RouteEntry route) {
        return pgTopicPrefix() + "." + route.name();
    }

    /** Dead letters of the etcd source: its default. */
    String etcdDeadLetters() {
        return etcdTopicPrefix() + ".dlq";
    }

    /** Changes that have lost: the default of the notify source. */
    String conflicts() {
        return pgTopicPrefix() + ".conflicts";
    }

    /** Dead letters of a sink. */
    static String deadLetters(String sink) {
        return sink + ".dlq";
    }
}
