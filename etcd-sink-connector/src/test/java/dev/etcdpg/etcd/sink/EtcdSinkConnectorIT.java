package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Etcd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

class EtcdSinkConnectorIT {

    private static Map<String, List<String>> complaints(Map<String, String> settings) {
        return new EtcdSinkConnector()
                .validate(settings).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(value -> value.name(), value -> value.errorMessages()));
    }

    private static Map<String, String> with(Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    @Test
    void endpointsAndAPrefixAreEnough() {
        Map<String, String> settings = Map.of("etcd.endpoints", Etcd.shared().endpoint(), "etcd.prefix", "/app/");
        assertThat(complaints(settings)).isEmpty();
        EtcdSinkConnector connector = new EtcdSinkConnector();
        connector.start(settings);
        assertThat(connector.taskConfigs(3)).hasSize(3).allMatch(settings::equals);
        assertThat(connector.version()).matches("\\d+\\..*");
        assertThat(ServiceLoader.load(SinkConnector.class))
                .anySatisfy(found -> assertThat(found).isInstanceOf(EtcdSinkConnector.class));
    }

    @Test
    void everyMistakeIsReportedAtItsSetting() {
        Map<String, String> good = Map.of("etcd.endpoints", Etcd.shared().endpoint(), "etcd.prefix", "/app/");
        assertThat(complaints(Map.of())).containsOnlyKeys("etcd.endpoints");
        assertThat(complaints(with(good, "etcd.endpoints", "localhost"))).containsOnlyKeys("etcd.endpoints");
        assertThat(complaints(with(good, "loss.policy", "hope", "max.txn.keys", "0")))
                .containsOnlyKeys("loss.policy", "max.txn.keys");
        assertThat(complaints(with(good, "etcd.prefix", ""))).containsOnlyKeys("etcd.prefix");
        assertThat(complaints(with(good, "etcd.prefix", "/etcd-pg-connect/x/")).get("etcd.prefix"))
                .anyMatch(message -> message.contains("overlap"));
        assertThat(complaints(with(good, "routes", "a=/x/,b=/x/y/"))).containsOnlyKeys("routes");
        assertThat(complaints(with(good, "etcd.endpoints", "http://127.0.0.1:1", "etcd.request.timeout.ms", "500")))
                .containsOnlyKeys("etcd.endpoints");
        assertThatThrownBy(() -> new EtcdSinkConnector().start(with(good, "etcd.prefix", "")))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void usersAndPermissions() {
        try (Etcd etcd = Etcd.builder().name("auth").start()) {
            etcd.etcdctl("user", "add", "root:root");
            etcd.etcdctl("user", "grant-role", "root", "root");
            for (String user : List.of("reader", "writer", "nobody")) {
                etcd.etcdctl("user", "add", user + ":pw");
                etcd.etcdctl("role", "add", user);
                etcd.etcdctl("user", "grant-role", user, user);
            }
            etcd.etcdctl("role", "grant-permission", "reader", "--prefix=true", "read", "/");
            etcd.etcdctl("role", "grant-permission", "writer", "--prefix=true", "readwrite", "/app/");
            etcd.etcdctl("role", "grant-permission", "writer", "--prefix=true", "readwrite", "/etcd-pg-connect/");
            etcd.etcdctl("put", "/etcd-pg-connect/epoch", "5");
            etcd.etcdctl("auth", "enable");

            Map<String, String> settings = Map.of(
                    "etcd.endpoints",
                    etcd.endpoint(),
                    "etcd.prefix",
                    "/app/",
                    "etcd.user",
                    "reader",
                    "etcd.password",
                    "pw");
            assertThat(complaints(with(settings, "etcd.user", "writer"))).isEmpty();
            assertThat(complaints(settings)).containsOnlyKeys("bookkeeping.prefix", "etcd.prefix");
            assertThat(complaints(with(settings, "etcd.user", "nobody")))
                    .containsOnlyKeys("bookkeeping.prefix", "etcd.prefix");
            assertThat(complaints(
                            with(settings, "etcd.user", "writer", "routes", "a=/app/x/,b=/b/", "etcd.prefix", "")))
                    .containsOnlyKeys("routes");
            assertThat(complaints(with(settings, "etcd.password", "wrong")))
                    .containsOnlyKeys("etcd.user", "etcd.password");
            assertThat(etcd.etcdctl("--user=root:root", "get", "--prefix", "/app/"))
                    .isEmpty();

            SinkWorker delivery = new SinkWorker(settings);
            delivery.start();
            delivery.add(new org.apache.kafka.connect.sink.SinkRecord("plain", 0, null, "/app/k", null, "v", 0));
            assertThatThrownBy(delivery::once)
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(org.apache.kafka.connect.errors.RetriableException.class)
                    .hasMessageContaining("reader")
                    .hasMessageContaining("grant its role readwrite");
            delivery.task.stop();
        }
    }

    @Test
    void stoppingATaskThatNeverStartedIsFine() {
        assertThatCode(() -> new EtcdSinkTask().stop()).doesNotThrowAnyException();
    }
}
