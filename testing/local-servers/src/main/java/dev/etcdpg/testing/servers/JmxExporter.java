package dev.etcdpg.testing.servers;

import java.nio.file.Path;

/**
 * The Prometheus JMX exporter as an agent of a Connect worker.
 *
 * @param jar jmx_prometheus_javaagent of Maven Central
 * @param configuration the exporter's YAML file
 */
public record JmxExporter(Path jar, Path configuration) {

    /** Returns the option of a JVM that shows its beans on a port of loopback. */
    String jvmOption(int port) {
        return "-javaagent:" + jar.toAbsolutePath() + "=127.0.0.1:" + port + ":" + configuration.toAbsolutePath();
    }
}
