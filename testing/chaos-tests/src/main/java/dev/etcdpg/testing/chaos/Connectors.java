package dev.etcdpg.testing.chaos;

import java.util.List;

/** The four connectors, by the names that the examples give them. */
final class Connectors {
    static final List<String> NAMES = List.of("etcd-source", "pg-sink", "pg-notify-source", "etcd-sink");

    private Connectors() {}
}
