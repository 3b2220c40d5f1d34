package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.ServerException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
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

    private static String complaint(Map<String, String> settings) {
        Map<String, List<String>> complaints = complaints(settings);
        assertThat(complaints).containsOnlyKeys("etcd.endpoints");
        return complaints.get("etcd.endpoints").get(0);
    }

    private static Map<String, String> at(String endpoints) {
        return Map.of(
                "etcd.endpoints",
                endpoints,
                "etcd.prefix",
                "/app/",
                "etcd.user",
                "app",
                "etcd.password",
                "secret",
                "etcd.request.timeout.ms",
                "500");
    }

    @Test
    void plainTextAndTlsAreNotMixedInOneList() {
        assertThat(complaint(at("http://127.0.0.1:2379,https://127.0.0.1:2380")))
                .contains("https://127.0.0.1:2380", "Either all endpoints begin with https://");
        assertThat(complaint(at("HTTPS://127.0.0.1:2379"))).contains("https://host:2379");
        assertThat(complaint(at("http://app:secret@127.0.0.1:2379"))).contains("http://host:2379");
        assertThatThrownBy(() -> new EtcdSinkConnector().start(at("http://127.0.0.1:2379,https://127.0.0.1:2380")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Either all endpoints begin with https://");
    }

    @Test
    void anEtcdThatExpectsTlsIsRecognized() {
        try (Etcd etcd = Etcd.builder().name("tls").tls().start()) {
            assertThat(complaint(at("http://127.0.0.1:" + etcd.clientPort()))).contains("expects TLS");

            SinkWorker delivery =
                    new SinkWorker(with(at("http://127.0.0.1:" + etcd.clientPort()), "etcd.request.timeout.ms", "500"));
            delivery.start();
            delivery.add(new org.apache.kafka.connect.sink.SinkRecord("plain", 0, null, "/app/k", null, "v", 0));
            assertThatThrownBy(delivery::once).hasMessageContaining("expects TLS");
            delivery.task.stop();
        }
    }

    @Test
    void theReasonWhyNoEtcdAnswersIsNamed() throws Exception {
        assertThat(complaint(at("http://etcd.invalid:2379"))).contains("host name that cannot be resolved");
        assertThat(complaint(at("http://127.0.0.1:1"))).contains("refuses connections");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(complaint(at("http://127.0.0.1:" + silent.getLocalPort())))
                    .contains("accepts connections, but does not answer as etcd does")
                    .doesNotContain("TLS");
        }
    }

    /** Connect's threads serve other connectors too. */
    @Test
    void aCallOfConnectIsShortThoughARequestMayTakeLong() {
        try (Etcd etcd = Etcd.builder().name("stopped").start()) {
            Map<String, String> settings = with(
                    Map.of("etcd.endpoints", etcd.endpoint(), "routes", "a=/a/,b=/b/,c=/c/"),
                    "etcd.request.timeout.ms",
                    "120000");
            etcd.stop();
            long begin = System.nanoTime();
            assertThat(complaint(settings)).contains("no answer within");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));

            long again = System.nanoTime();
            Map<TopicPartition, Long> offsets = new HashMap<>();
            for (int p = 0; p < 20; p++) {
                offsets.put(new TopicPartition("pg.a", p), 0L);
            }
            assertThatThrownBy(() -> new EtcdSinkConnector().alterOffsets(settings, offsets))
                    .isInstanceOf(ConnectException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - again)).isLessThan(Duration.ofSeconds(9));
        }
    }

    /** etcd then refuses every transaction that contains a put. */
    @Test
    void aFullEtcdIsNoReasonToRefuseAConnector() {
        try (Etcd etcd = Etcd.builder()
                .flag("--quota-backend-bytes=2000000")
                .name("full")
                .start()) {
            for (int i = 0; i < 40; i++) {
                try {
                    etcd.etcdctl("put", "/app/" + i, "x".repeat(100_000));
                } catch (ServerException full) {
                    break;
                }
            }
            assertThat(etcd.etcdctl("alarm", "list")).contains("NOSPACE");
            assertThat(complaints(Map.of("etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/")))
                    .isEmpty();
        }
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
            assertThat(complaints(Map.of("etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/"))
                            .get("etcd.user"))
                    .singleElement()
                    .asString()
                    .contains("etcd requires a user");
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
