package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.JmxExporter;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Examples;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.StackLinks;
import dev.etcdpg.testing.stack.StackSecurity;
import dev.etcdpg.testing.stack.StackVerification;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * The whole system. All classes of a test run share it, because the start takes a while. Each test uses keys of its own. Each test leaves both
 * sides equal, the topics silent, and all connectors RUNNING with the example configurations.
 */
final class Sides {
    static final List<String> CONNECTORS = Examples.NAMES;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /** Not a constant, because the threads that wait for conditions need this class, initialized. */
    private static Sides shared;

    final Stack stack;
    final TestEtcdClient etcd;
    final PostgresSide postgres;
    final KafkaSide kafka;
    private final TopicReader reader;

    private Sides(Stack stack) {
        this.stack = stack;
        this.etcd = new TestEtcdClient(stack.etcd().endpoint());
        this.postgres = new PostgresSide(stack.postgres(), Stack.DATABASE);
        this.kafka = new KafkaSide(stack.kafka().bootstrap());
        this.reader = new TopicReader(stack.kafka().bootstrap());
    }

    static synchronized Sides shared() {
        if (shared == null) {
            Awaitility.setDefaultTimeout(PATIENCE);
            shared = start();
        }
        return shared;
    }

    /**
     * Starts a new stack. With -Dit.stack=folder, continues the stack in that folder, which saves time for developers of tests. A second
     * JVM keeps its stack in folder-fork-2.
     */
    private static Sides start() {
        String kept = System.getProperty("it.stack");
        String fork = System.getProperty("it.fork", "");
        if (kept != null && fork.endsWith("2")) {
            kept += "-" + fork;
        }
        String folder = "shared-stack-" + ProcessHandle.current().pid();
        Stack stack = new Stack(
                kept == null
                        ? Path.of("target", folder).toAbsolutePath()
                        : Path.of(kept).toAbsolutePath(),
                kept != null,
                StackSecurity.none(),
                Map.of(),
                servers -> new Exported());
        if (kept == null) {
            Runtime.getRuntime().addShutdownHook(new Thread(stack::down));
        }
        stack.up(1, line -> {});
        Sides sides = new Sides(stack);
        sides.settle();
        return sides;
    }

    /** Direct connections. The workers show their metrics to Prometheus, as config-examples/monitoring describes. */
    private static final class Exported implements StackLinks {
        @Override
        public Optional<JmxExporter> exporter() {
            return Optional.of(new JmxExporter(
                    Path.of("target", "exporter", "jmx_prometheus_javaagent.jar"),
                    Checkout.examples().resolve("monitoring").resolve("jmx-exporter.yml")));
        }
    }

    Connect connect() {
        return stack.connect();
    }

    /** Returns a key of the route. */
    static String key(String name) {
        return Stack.PREFIX + name;
    }

    void stop(String... connectors) {
        for (String connector : connectors) {
            connect().stop(connector);
        }
        for (String connector : connectors) {
            await("stop of " + connector).atMost(PATIENCE).until(() -> {
                JsonNode status = connect().status(connector);
                return status.path("connector").path("state").asText().equals("STOPPED")
                        && status.path("tasks").isEmpty();
            });
        }
    }

    void resume(String... connectors) {
        for (String connector : connectors) {
            connect().resume(connector);
        }
        for (String connector : connectors) {
            awaitRunning(connector);
        }
    }

    /** Waits until a connector is RUNNING. The connector may be FAILED for a while before. */
    void awaitRunning(String connector) {
        await(connector + " is RUNNING").atMost(PATIENCE).until(() -> connect().isRunning(connector));
    }

    Map<String, String> config(String connector) {
        return JSON.convertValue(connect().config(connector), new TypeReference<>() {});
    }

    /**
     * Returns the configuration in an example file, for another prefix and database on the same servers.
     *
     * @param file name of the file in config-examples, without .json
     */
    Map<String, String> example(String file, String prefix, String database) {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.put("ETCD_PREFIX", prefix);
        environment.put("PG_JDBC_URL", stack.postgres().jdbcUrl(database));
        return JSON.convertValue(
                Examples.read(Checkout.examples(), file, environment).get("config"),
                new TypeReference<LinkedHashMap<String, String>>() {});
    }

    /** Changes some settings of a connector, and returns its previous configuration. */
    Map<String, String> reconfigure(String connector, Map<String, String> changes) {
        Map<String, String> before = config(connector);
        Map<String, String> after = new HashMap<>(before);
        after.putAll(changes);
        connect().put(connector, after);
        return before;
    }

    /** Returns the epoch in etcd. */
    long epoch() {
        String epoch = etcd.get("/etcd-pg-connect/epoch");
        return epoch == null ? 0 : Long.parseLong(epoch);
    }

    /** Waits until prefix and table have equal keys, values and revisions, no change is pending, and the topics are silent. */
    void settle() {
        awaitEqual();
        awaitSilence();
        for (String connector : CONNECTORS) {
            assertThat(connect().failure(connector)).as(connector).isNull();
            awaitRunning(connector);
        }
        assertThat(difference()).as("still, after the silence").isEmpty();
        assertThat(StackVerification.differences(connect())).isEmpty();
    }

    void awaitEqual() {
        AtomicReference<String> last = new AtomicReference<>("nothing was compared");
        await("both sides are equal")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .failFast("a connector failed", this::failOnFailedConnector)
                .untilAsserted(() -> {
                    last.set(difference());
                    assertThat(last.get()).isEmpty();
                });
    }

    private void failOnFailedConnector() {
        for (String connector : CONNECTORS) {
            String failure;
            try {
                failure = connect().failure(connector);
            } catch (RuntimeException workerIsAway) {
                return;
            }
            if (failure != null) {
                throw new AssertionError(connector + " failed: " + failure);
            }
        }
    }

    /** Returns the differences, or an empty text. The text has keys and no values. */
    private String difference() {
        Map<String, Entry> there;
        Map<String, Entry> here;
        long pending;
        try {
            there = EtcdEntries.below(etcd, Stack.PREFIX);
            here = postgres.all("public.etcd");
            pending = postgres.number("select count(*) from etcd_sync.etcd_pending");
        } catch (IllegalStateException serverIsAway) {
            return serverIsAway.getMessage();
        }
        Set<String> unequal = new TreeSet<>(there.keySet());
        unequal.addAll(here.keySet());
        unequal.removeIf(key -> there.containsKey(key) && there.get(key).equals(here.get(key)));
        if (unequal.isEmpty() && pending == 0) {
            return "";
        }
        List<String> some = unequal.stream()
                .limit(5)
                .map(key ->
                        key + " (etcd " + revision(there.get(key)) + ", PostgreSQL " + revision(here.get(key)) + ")")
                .toList();
        return unequal.size() + " keys differ, like " + some + "; " + pending + " changes are pending";
    }

    private static String revision(Entry entry) {
        return entry == null ? "absent" : Long.toString(entry.modRevision());
    }

    /** Waits for a period in which both topics receive only heartbeats. */
    void awaitSilence() {
        AtomicReference<List<String>> heard = new AtomicReference<>();
        await("silence").atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
            Map<TopicPartition, Long> before = new HashMap<>(reader.ends(Stack.ETCD_TOPIC));
            before.putAll(reader.ends(Stack.PG_TOPIC));
            // The condition is the passage of time.
            Thread.sleep(SILENCE.toMillis());
            heard.set(events(before));
            return heard.get().isEmpty();
        });
    }

    /** Returns the kinds of the records since the positions, without heartbeats. */
    List<String> events(Map<TopicPartition, Long> since) {
        List<String> kinds = new ArrayList<>();
        for (String topic : List.of(Stack.ETCD_TOPIC, Stack.PG_TOPIC)) {
            Map<TopicPartition, Long> starts = new HashMap<>(since);
            starts.keySet().removeIf(partition -> !partition.topic().equals(topic));
            reader.readFrom(topic, starts, record -> {
                String kind = kind(record.value());
                if (!kind.equals("heartbeat")) {
                    kinds.add(kind);
                }
            });
        }
        return kinds;
    }

    /** Returns the present end of a topic. */
    Map<TopicPartition, Long> ends(String topic) {
        return reader.ends(topic);
    }

    /** Returns the logs of all workers. */
    String workerLog() {
        return stack.workers().stream()
                .map(worker -> {
                    try {
                        return Files.readString(worker.log());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .collect(Collectors.joining());
    }

    private static String kind(byte[] value) {
        try {
            JsonNode record = JSON.readTree(value);
            String event = record.path("op").asText().equals("r") ? "snapshot" : "event";
            return record.path("kind").asText(event);
        } catch (IOException e) {
            throw new UncheckedIOException("a record is not JSON", e);
        }
    }
}
