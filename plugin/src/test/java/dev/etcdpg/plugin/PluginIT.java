package dev.etcdpg.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.Kafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PluginIT {

    @Test
    void aWorkerWithServiceLoadFindsEveryConnectorAndTransform() {
        try (Kafka kafka = Kafka.started();
                ConnectWorker worker = ConnectWorker.builder(kafka.bootstrap())
                        .pluginPath(PluginPath.folder())
                        .setting("plugin.discovery", "service_load")
                        .start()) {
            List<String> found = new ArrayList<>();
            worker.connect()
                    .plugins()
                    .forEach(plugin -> found.add(plugin.path("class").asText()));
            assertThat(found)
                    .contains(
                            "dev.etcdpg.etcd.source.EtcdSourceConnector",
                            "dev.etcdpg.pg.sink.PostgresSinkConnector",
                            "dev.etcdpg.pg.source.PostgresNotifySourceConnector",
                            "dev.etcdpg.etcd.sink.EtcdSinkConnector",
                            "dev.etcdpg.transforms.RevisionFilter");
        }
    }

    @Test
    void theArchiveHasTheLayoutOfConfluentsComponents() throws IOException {
        Path component;
        try (Stream<Path> only = Files.list(PluginPath.folder())) {
            component = only.findFirst().orElseThrow();
        }
        assertThat(component.resolve("manifest.json")).content().doesNotContain("${");
        assertThat(component.resolve("doc/LICENSE")).exists();
        assertThat(component.resolve("etc/etcd-source.json")).exists();
        assertThat(component.resolve("etc/sql/V1__bookkeeping.sql")).exists();
        assertThat(component.resolve("etc/sql/install.sql")).exists();
        // for workers before Kafka 4.1
        try (Stream<Path> jars = Files.list(component.resolve("lib"));
                JarFile interfaces = new JarFile(
                        jars.filter(jar -> jar.getFileName().toString().startsWith("kafka-plugin-metrics-interfaces"))
                                .findFirst()
                                .orElseThrow()
                                .toFile())) {
            assertThat(interfaces.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")))
                    .containsExactlyInAnyOrder(
                            "org/apache/kafka/common/metrics/Monitorable.class",
                            "org/apache/kafka/common/metrics/PluginMetrics.class");
        }
        try (Stream<Path> jars = Files.list(component.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .isNotEmpty()
                    .noneMatch(jar -> jar.startsWith("kafka-clients")
                            || jar.startsWith("connect-api")
                            || jar.startsWith("slf4j")
                            || jar.startsWith("jspecify")
                            || jar.startsWith("checker-qual"));
        }
    }
}
