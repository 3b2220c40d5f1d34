package dev.etcdpg.testing.stack;

import java.util.Map;

/** How workers and connectors reach the servers; as it is, directly. */
public interface StackLinks {

    /** {@code bootstrap.servers} of the worker of that number, from 1. */
    default String bootstrap(int worker, String direct) {
        return direct;
    }

    /** Settings that every worker has besides. */
    default Map<String, String> workerSettings() {
        return Map.of();
    }

    /** What fills in the example of that connector. */
    default Map<String, String> environment(String connector, Map<String, String> direct) {
        return direct;
    }
}
