package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.JmxExporter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The addresses at which workers and connectors reach the servers. The default is a direct connection. */
public interface StackLinks {

    /** Returns {@code bootstrap.servers} of a worker. Numbers of workers begin at 1. */
    default String bootstrap(int worker, String direct) {
        return direct;
    }

    /** Returns additional settings of each worker. */
    default Map<String, String> workerSettings() {
        return Map.of();
    }

    /** Returns additional options of the JVM of a worker. Numbers of workers begin at 1. */
    default List<String> workerJvmOptions(int worker) {
        return List.of();
    }

    /** Returns the exporter that shows the metrics of each worker. */
    default Optional<JmxExporter> exporter() {
        return Optional.empty();
    }

    /** Returns the values for the placeholders in the example of a connector. */
    default Map<String, String> environment(String connector, Map<String, String> direct) {
        return direct;
    }
}
