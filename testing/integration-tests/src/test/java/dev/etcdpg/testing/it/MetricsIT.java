package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.servers.JmxBeans;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The metrics that the worker shows by JMX, and the log of events. */
class MetricsIT {

    private static final String VALUE = "the secret of MetricsIT";
    private static final Duration MOVED = Duration.ofSeconds(60);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\| (counter|gauge|distribution) ");

    private final Sides sides = Sides.shared();

    @Test
    void theNumbersMove() {
        try (JmxBeans beans = JmxBeans.of(sides.stack.workers().get(0))) {
            loseAChange(key("metrics/2")); // the tasks of the etcd sink begin anew, and so do their metrics
            Map<String, Double> before = read(beans);
            assertThat(names(before)).isEqualTo(documented());

            long revision = 0;
            for (int i = 0; i < 20; i++) {
                revision = sides.etcd.put(key("metrics/" + i), VALUE);
            }
            sides.etcd.delete(key("metrics/0"));
            sides.awaitEqual();
            sides.postgres.execute("update etcd set value = ? where key = ?", "from SQL", key("metrics/1"));
            sides.etcd.put(
                    key("metrics/bytes").getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xff, (byte) 0xfe});
            long reached = revision;

            await("the metrics have moved").atMost(MOVED).untilAsserted(() -> {
                Map<String, Double> after = read(beans);
                assertThat(moved(before, after, "etcd-source,route=etcd,operation=put/events-total"))
                        .isGreaterThanOrEqualTo(20);
                assertThat(moved(before, after, "etcd-source,route=etcd,operation=put/event-bytes-total"))
                        .isGreaterThanOrEqualTo(20L * VALUE.length());
                assertThat(moved(before, after, "etcd-source,route=etcd,operation=delete/events-total"))
                        .isPositive();
                assertThat(moved(before, after, "etcd-source,route=etcd/dead-letters-total"))
                        .isEqualTo(1);
                assertThat(after.get("etcd-source,route=etcd/delivered-revision"))
                        .isGreaterThanOrEqualTo(reached);
                assertThat(after.get("etcd-source,route=etcd/etcd-revision")).isGreaterThanOrEqualTo(reached);

                assertThat(moved(before, after, "pg-sink,route=etcd,operation=put/events-total"))
                        .isGreaterThanOrEqualTo(20);
                assertThat(moved(before, after, "pg-sink,route=etcd/confirmed-changes-total"))
                        .isPositive();
                assertThat(after.get("pg-sink,route=etcd/conflicts-total")).isPositive();
                assertThat(after.get("pg-sink,route=etcd/applied-revision")).isGreaterThanOrEqualTo(reached);
                assertThat(after.get("pg-sink/record-lag-ms-max")).isBetween(0.0, 60_000.0);
                assertThat(after.get("pg-sink/apply-time-ms-p99")).isPositive();
                assertThat(after.get("pg-sink/confirmation-time-ms-max")).isPositive();
                assertThat(after.get("pg-sink,route=etcd/paused-partitions")).isZero();

                assertThat(moved(before, after, "pg-notify-source,route=etcd,operation=put/changes-total"))
                        .isPositive();
                assertThat(after.get("pg-notify-source,route=etcd/pending-changes"))
                        .isZero();
                assertThat(moved(before, after, "etcd-sink,route=etcd,operation=put/writes-total"))
                        .isPositive();
                assertThat(after.get("etcd-sink,route=etcd,outcome=refused/answers-total"))
                        .isPositive();
                assertThat(after.get("etcd-sink,store=etcd/consecutive-failures"))
                        .isZero();
                assertThat(after.get("pg-sink,store=postgresql/circuit-open")).isZero();
            });
        } finally {
            sides.etcd.delete(key("metrics/bytes"));
        }
        sides.awaitEqual();

        assertThat(events("conflict")).isNotEmpty().allSatisfy(line -> assertThat(line)
                .contains("route=etcd key=" + key("metrics/2") + " change=")
                .contains(" base=")
                .contains(" won=")
                .contains(" cause="));
        assertThat(events("dead-letter")).isNotEmpty().allSatisfy(line -> assertThat(line)
                .contains("route=etcd key=" + key("metrics/bytes") + " revision=")
                .contains("topic=etcd.dlq"));
        assertThat(sides.workerLog()).doesNotContain(VALUE);
    }

    @Test
    void eventsAreLogged() throws Exception {
        level("DEBUG");
        try {
            sides.etcd.put(key("metrics/event"), VALUE);
            sides.awaitEqual();
            sides.postgres.execute("update etcd set value = ? where key = ?", VALUE + "!", key("metrics/event"));
            sides.awaitEqual();
            repeatTheLastEvent(key("metrics/event"));
            await("the stale record is logged").atMost(MOVED).until(() -> !events("stale")
                    .isEmpty());
        } finally {
            level("INFO");
        }
        sides.postgres.execute("select etcd_sync.etcd_resync(?)", key("metrics/"));
        holdAChange(key("metrics/held"));

        assertThat(events("applied"))
                .anySatisfy(line -> assertThat(line).contains("route=etcd", "operation=put confirms=0"))
                .anySatisfy(line -> assertThat(line).containsPattern("operation=put confirms=[1-9]"));
        assertThat(events("stale")).allSatisfy(line -> assertThat(line)
                .contains("key=" + key("metrics/event") + " topic=etcd.etcd partition=", " offset=", " cause="));
        assertThat(events("written")).anySatisfy(line -> assertThat(line).contains("result=put"));
        assertThat(events("held")).isNotEmpty().allSatisfy(line -> assertThat(line)
                .contains("route=etcd key=" + key("metrics/held") + " change=", " base=", " cause="));
        await("the snapshot is logged").atMost(MOVED).untilAsserted(() -> assertThat(sides.workerLog())
                .containsPattern("event=resync route=etcd revision=\\d+\\.\\d+ reason=request"));
        assertThat(sides.workerLog())
                .containsPattern("event=new-epoch route=etcd")
                .doesNotContain(VALUE);
    }

    /** Appends the last event of a key to the topic again, as a producer without idempotence can do. */
    private void repeatTheLastEvent(String key) {
        List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
        TopicReader reader = new TopicReader(sides.stack.kafka().bootstrap());
        reader.read(Stack.ETCD_TOPIC, 100, record -> {
            if (key.equals(TopicReader.text(record.key()))
                    && TopicReader.text(record.value()).contains(VALUE)) {
                events.add(record);
            }
        });
        ConsumerRecord<byte[], byte[]> last = events.get(events.size() - 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        sides.stack.kafka().bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(
                    new ProducerRecord<>(last.topic(), last.partition(), last.key(), last.value(), last.headers()));
        }
    }

    /** Changes a key on both sides under the policy that an operator decides, and decides. */
    private void holdAChange(String key) {
        Map<String, String> before = sides.reconfigure("pg-sink", Map.of("conflict.policy", "manual"));
        try {
            sides.awaitRunning("pg-sink");
            loseAChange(key);
            await("the held change is logged").atMost(MOVED).until(() -> !events("held")
                    .isEmpty());
            sides.postgres.execute("select etcd_sync.etcd_resolve(?, 'etcd')", key);
        } finally {
            sides.connect().put("pg-sink", before);
        }
        sides.settle();
    }

    /** Sets the level of the log of events. */
    private void level(String level) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(sides.connect().url() + "/admin/loggers/dev.etcdpg.events"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"level\": \"" + level + "\"}"))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** Changes a key on both sides while the etcd sink does not run. */
    private void loseAChange(String key) {
        sides.etcd.put(key, "first");
        sides.awaitEqual();
        sides.stop("etcd-sink");
        try {
            sides.postgres.execute("update etcd set value = ? where key = ?", "loses", key);
            sides.etcd.put(key, "wins");
        } finally {
            sides.resume("etcd-sink");
        }
    }

    /** Returns the lines of the log of events that name a key of this test. */
    private List<String> events(String event) {
        return sides.workerLog()
                .lines()
                .filter(line -> line.contains("event=" + event + " ") && line.contains(key("metrics/")))
                .toList();
    }

    /** Returns the values by {@code <connector>[,<tags>]/<metric>}, over all tasks. */
    private static Map<String, Double> read(JmxBeans beans) {
        Map<String, Double> all = new TreeMap<>();
        beans.read("kafka.connect:type=plugins,*").forEach((bean, attributes) -> {
            String owner = bean.substring(bean.indexOf("connector=") + "connector=".length())
                    .replaceFirst(",task=\\d+", "");
            attributes.forEach((name, value) ->
                    all.merge(owner + "/" + name, ((Number) value).doubleValue(), (a, b) -> over(name, a, b)));
        });
        return all;
    }

    /** Returns the value over two tasks. A task without partitions knows nothing. */
    private static double over(String metric, double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.isNaN(a) ? b : a;
        } else if (metric.endsWith("-total")) {
            return a + b;
        }
        return metric.equals("applied-revision") ? Math.min(a, b) : Math.max(a, b);
    }

    private static double moved(Map<String, Double> before, Map<String, Double> after, String name) {
        assertThat(after).containsKey(name);
        return after.get(name) - before.getOrDefault(name, 0.0);
    }

    private static Set<String> names(Map<String, Double> shown) {
        return shown.keySet().stream()
                .map(name -> name.substring(name.lastIndexOf('/') + 1).replaceFirst("-(p50|p95|p99|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documented() {
        try {
            return ROW.matcher(Files.readString(Path.of("..", "..", "docs", "metrics.md")))
                    .results()
                    .map(row -> row.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
