package dev.etcdpg.testing.compatibility;

import static dev.etcdpg.testing.kit.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.JmxBeans;
import dev.etcdpg.testing.stack.Examples;
import dev.etcdpg.testing.stack.Stack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The built plugin in workers of other releases of Kafka, on other JDKs. The script {@code run} starts this test. */
class CompatibilityIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ARRIVED = Duration.ofSeconds(90);
    private static final Duration RUNNING = Duration.ofSeconds(120);

    /** For each connector an offset that its {@code alterOffsets} accepts. */
    private static final Map<String, String> OFFSETS = Map.of(
            "etcd-source", "{\"revision\": 1}",
            "pg-sink", "{\"kafka_offset\": 0}",
            "pg-notify-source", "{\"number\": 1}",
            "etcd-sink", "{\"kafka_offset\": 0}");

    @TempDir
    private Path folder;

    private Stack stack;
    private TestEtcdClient etcd;

    static Stream<Arguments> runtimes() {
        String homes = System.getProperty("compatibility.java.homes", "");
        return Stream.of(System.getProperty("compatibility.versions").split("[ ,]+"))
                .flatMap(version -> Stream.of((homes.isEmpty() ? System.getProperty("java.home") : homes).split(","))
                        .map(home -> Arguments.of(version, Path.of(home))));
    }

    @ParameterizedTest(name = "Kafka Connect {0} on {1}")
    @MethodSource("runtimes")
    void thePluginWorks(String version, Path javaHome) throws Exception {
        System.setProperty(
                "servers.connect.classpath",
                Path.of(System.getProperty("compatibility.runtimes"), version).toString());
        System.setProperty("servers.connect.java.home", javaHome.toString());
        stack = new Stack(folder, false);
        stack.up(1, progress -> {});
        etcd = new TestEtcdClient(stack.etcd().endpoint());
        Connect connect = stack.connect();

        assertThat(get(connect.url() + "/").path("version").asText()).isEqualTo(version);
        assertThat(plugins(connect)).hasSize(5);
        bothWays("first");

        for (String connector : Examples.NAMES) {
            connect.stop(connector);
            await(connector + " is stopped").atMost(ARRIVED).until(() -> isStopped(connect, connector));
            connect.alterOffsets(connector, altered(connect, connector));
            connect.resume(connector);
            connect.waitRunning(connector, RUNNING);
        }
        bothWays("after offsets were altered");
        metricsAreShown();
        for (String connector : Examples.NAMES) {
            assertThat(connect.isRunning(connector)).as(connector).isTrue();
        }
        System.out.println("Kafka Connect " + version + " on " + javaHome + ": 5 plugins, 4 connectors RUNNING, "
                + "both ways, offsets altered, metrics");
    }

    @AfterEach
    void down() {
        System.clearProperty("servers.connect.classpath");
        System.clearProperty("servers.connect.java.home");
        if (etcd != null) {
            etcd.close();
        }
        if (stack != null) {
            stack.down();
        }
    }

    private void bothWays(String value) {
        String put = Stack.PREFIX + "from-etcd";
        etcd.put(put, value);
        // the sink creates the table with its first records
        await("the put arrives in PostgreSQL")
                .atMost(ARRIVED)
                .ignoreExceptions()
                .until(() ->
                        sql("select value from etcd where key = '" + put + "'").contains(value));
        String local = Stack.PREFIX + "from-sql";
        stack.postgres()
                .execute(
                        Stack.DATABASE,
                        "insert into etcd (key, value) values ('" + local + "', '" + value + "')"
                                + " on conflict (key) do update set value = excluded.value");
        await("the row arrives in etcd").atMost(ARRIVED).until(() -> value.equals(etcd.get(local)));
        String update = value + ", updated";
        stack.postgres().execute(Stack.DATABASE, "update etcd set value = '" + update + "' where key = '" + put + "'");
        await("the update arrives in etcd").atMost(ARRIVED).until(() -> update.equals(etcd.get(put)));
    }

    /** Workers before Kafka 4.1 have beans of the connectors, and later workers have plugin metrics. The names are the same. */
    private void metricsAreShown() {
        try (JmxBeans beans = JmxBeans.of(stack.workers().get(0))) {
            Map<String, Map<String, Object>> shown = beans.read("kafka.connect:type=plugins,*");
            assertMoved(shown, "etcd-source", "route=etcd,operation=put", "events-total");
            assertMoved(shown, "pg-sink", "route=etcd,operation=put", "events-total");
            assertMoved(shown, "pg-sink", "route=etcd", "applied-revision");
            assertMoved(shown, "pg-notify-source", "route=etcd,operation=put", "changes-total");
            assertMoved(shown, "etcd-sink", "route=etcd,operation=put", "writes-total");
            assertMoved(shown, "pg-sink", "transformation=", "records-total");
            assertMoved(shown, "etcd-sink", "transformation=", "records-total");
        }
    }

    private static void assertMoved(
            Map<String, Map<String, Object>> shown, String connector, String tags, String metric) {
        Pattern bean =
                Pattern.compile("kafka\\.connect:type=plugins,connector=" + connector + ",task=\\d+," + tags + ".*");
        double sum = shown.entrySet().stream()
                .filter(one ->
                        bean.matcher(one.getKey()).matches() && one.getValue().containsKey(metric))
                .mapToDouble(one -> ((Number) one.getValue().get(metric)).doubleValue())
                .filter(value -> !Double.isNaN(value))
                .sum();
        assertThat(sum).as(bean + " " + metric + " of " + shown.keySet()).isPositive();
    }

    private List<String> sql(String query) {
        return stack.postgres().query(Stack.DATABASE, query);
    }

    private static List<String> plugins(Connect connect) {
        List<String> ours = new ArrayList<>();
        for (JsonNode plugin : connect.plugins()) {
            String name = plugin.path("class").asText();
            if (name.startsWith("dev.etcdpg.")) {
                ours.add(name);
            }
        }
        return ours;
    }

    private static boolean isStopped(Connect connect, String connector) {
        JsonNode status = connect.status(connector);
        return status.path("connector").path("state").asText().equals("STOPPED")
                && status.path("tasks").isEmpty();
    }

    private static JsonNode altered(Connect connect, String connector) throws Exception {
        ObjectNode offsets = (ObjectNode) connect.offsets(connector);
        assertThat(offsets.path("offsets")).as("offsets of " + connector).isNotEmpty();
        for (JsonNode one : offsets.path("offsets")) {
            ((ObjectNode) one).set("offset", JSON.readTree(OFFSETS.get(connector)));
        }
        return offsets;
    }

    private static JsonNode get(String url) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    }
}
