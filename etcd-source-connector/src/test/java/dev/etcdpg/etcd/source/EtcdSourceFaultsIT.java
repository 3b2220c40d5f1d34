package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.partition.TaskAssignment;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdSourceFaultsIT {

    private Etcd etcd;
    private RunningTask task;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
    }

    @AfterEach
    void stop() {
        if (task != null) {
            task.close();
        }
        etcd.close();
    }

    private RunningTask run(String... settings) {
        Map<String, String> config = new HashMap<>(
                Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/", "partitions", "2"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        task = new RunningTask(config);
        return task;
    }

    /** The data directory of a member is lost. The member begins again with the same flags, so its cluster id is the same. */
    @Test
    void anEmptiedEtcdIsRefusedUntilTheUserAllowsIt() throws IOException {
        etcd.etcdctl("put", "/app/a", "1");
        run("heartbeat.interval.ms", "300");
        task.untilEnds(1);
        for (int i = 0; i < 20; i++) {
            etcd.etcdctl("put", "/app/b", "" + i);
        }
        task.until(t -> t.events().size() == 20);
        etcd.kill();
        deleteData();
        etcd.start();
        etcd.etcdctl("put", "/app/c", "1");
        failsBecauseKeysAreLost();
        assertThat(etcd.etcdctl("get", "--keys-only", "--prefix", "/etcd-pg-connect/"))
                .as("nothing was written")
                .isBlank();

        for (int i = 0; i < 30; i++) {
            etcd.etcdctl("put", "/elsewhere", "" + i);
        }
        task.stop();
        task.start();
        failsBecauseKeysAreLost();

        task.stop();
        try (RunningTask newcomer = new RunningTask(Map.of(
                "name",
                "newcomer",
                "etcd.endpoints",
                etcd.endpoint(),
                "etcd.prefix",
                "/elsewhere",
                "partitions",
                "1"))) {
            newcomer.untilEnds(1);
        }
        task.start();
        failsBecauseKeysAreLost();

        task.stop();
        task.set("history.policy", "resnapshot");
        task.start();
        task.untilEnds(2);
        assertThat(task.of(EtcdRecord.End.class).get(3).at())
                .isGreaterThan(task.of(EtcdRecord.End.class).get(0).at());
        assertThat(task.rows().stream().map(EtcdRecord.Event::key)).containsExactly("/app/a", "/app/c");
        task.stop();
        task.set("history.policy", "same-cluster");
        task.start();
        etcd.etcdctl("put", "/app/c", "2");
        task.until(t -> t.events().size() == 21);
    }

    private void failsBecauseKeysAreLost() {
        assertThatThrownBy(() -> task.until(Duration.ofSeconds(60), t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll("etcd has lost its keys", "revision", "epoch", "history.policy=resnapshot");
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void aServerThatStandsStillIsWaitedFor() {
        run("etcd.request.timeout.ms", "1000");
        task.untilEnds(1);
        etcd.etcdctl("put", "/app/a", "1");
        etcd.stop();
        task.poll();
        etcd.cont();
        etcd.etcdctl("put", "/app/a", "2");
        task.until(t -> t.events().size() == 2);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void afterALongOutageItGoesOnSoon() throws InterruptedException {
        run("etcd.request.timeout.ms", "1000");
        task.untilEnds(1);
        etcd.kill();
        long end = System.nanoTime()
                + Duration.ofSeconds(Boolean.getBoolean("long") ? 25 : 9).toNanos();
        while (System.nanoTime() < end) {
            task.poll();
        }
        etcd.start();
        etcd.etcdctl("put", "/app/a", "1");
        long back = System.nanoTime();
        task.until(t -> t.events().size() == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(8));
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void aTaskThatIsStartedWhileEtcdIsAwayWaits() {
        etcd.kill();
        run("etcd.request.timeout.ms", "500");
        task.poll();
        task.poll();
        etcd.start();
        task.untilEnds(1);
    }

    @Test
    void failsAfterTheRetryTimeout() {
        etcd.kill();
        run("etcd.request.timeout.ms", "200", "retry.timeout.ms", "1000");
        assertThatThrownBy(() -> task.until(t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("retry.timeout.ms");
    }

    @Test
    void whatTheUserMayNotReadFailsTheTaskWithASentence() {
        etcd.etcdctl("user", "add", "root:root");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("user", "add", "app:secret");
        etcd.etcdctl("role", "add", "app");
        etcd.etcdctl("user", "grant-role", "app", "app");
        etcd.etcdctl("role", "grant-permission", "app", "readwrite", "--prefix=true", "/etcd-pg-connect/");
        etcd.etcdctl("auth", "enable");
        run("etcd.user", "app", "etcd.password", "secret");
        assertThatThrownBy(() -> task.until(t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("permission denied")
                .hasMessageContaining("grant its role read");
        assertThat(errors("etcd.user", "app", "etcd.password", "secret")).containsOnlyKeys("etcd.prefix");
        assertThat(errors("etcd.user", "app", "etcd.password", "wrong")).containsOnlyKeys("etcd.user", "etcd.password");

        task.close();
        etcd.etcdctl("--user=root:root", "role", "grant-permission", "app", "read", "--prefix=true", "/app/");
        assertThat(errors("etcd.user", "app", "etcd.password", "secret")).isEmpty();
        run("etcd.user", "app", "etcd.password", "secret");
        task.untilEnds(1);
        etcd.etcdctl("--user=root:root", "put", "/app/a", "1");
        task.until(t -> t.events().size() == 1);
        task.close();
        run("etcd.user", "app", "etcd.password", "wrong");
        assertThatThrownBy(() -> task.until(t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("Check etcd.user and etcd.password");
        task = null;
    }

    @Test
    void validationTriesTheConnectionAndNamesTheField() {
        assertThat(errors()).isEmpty();
        assertThat(errors("etcd.endpoints", "http://127.0.0.1:1", "etcd.request.timeout.ms", "300"))
                .containsOnlyKeys("etcd.endpoints");
        assertThat(errors("etcd.prefix", "")).containsOnlyKeys("etcd.prefix");
        assertThat(errors("etcd.password", "secret")).containsOnlyKeys("etcd.user");
        assertThat(errors("dead.letter.topic", "etcd.etcd")).containsOnlyKeys("dead.letter.topic");
        assertThat(errors("etcd.prefix", "", "routes", "dlq=/x/")).containsOnlyKeys("dead.letter.topic");
        assertThat(errors("etcd.prefix", "/etcd-pg-connect/x/")).containsOnlyKeys("etcd.prefix");
        assertThat(errors("etcd.prefix", "", "routes", "a=/a/,b=/a/b/")).containsOnlyKeys("routes");
        assertThat(errors("partitions", "0", "heartbeat.interval.ms", "x"))
                .containsOnlyKeys("partitions", "heartbeat.interval.ms");
    }

    @Test
    void manyRoutesHaveATopicEachAndAreDealtOut() {
        EtcdSourceConnector connector = new EtcdSourceConnector();
        Map<String, String> config = Map.of(
                "name", "s", "etcd.endpoints", etcd.endpoint(), "routes", "a=/a/,b=/b/,c=/c/", "partitions", "1");
        connector.start(config);
        assertThat(connector.taskConfigs(2).stream()
                        .map(t -> TaskAssignment.decode(t.get(EtcdSourceConfig.TASK_ASSIGNMENT)).parts().stream()
                                .map(TaskAssignment.Part::route)
                                .toList()))
                .containsExactly(List.of("a", "c"), List.of("b"));
        assertThat(connector.taskConfigs(9)).hasSize(3);
        etcd.etcdctl("put", "/a/1", "x");
        etcd.etcdctl("put", "/b/1", "x");
        task = new RunningTask(connector.taskConfigs(2).get(0));
        task.until(t -> t.of(EtcdRecord.End.class).size() == 2 && !t.snapshotUnderWay());
        etcd.etcdctl("put", "/c/1", "x");
        etcd.etcdctl("put", "/b/1", "x");
        task.until(t -> t.events().size() == 1);
        assertThat(task.sourceRecords().stream().map(r -> r.topic()).distinct())
                .containsExactlyInAnyOrder("etcd.a", "etcd.c");
        assertThat(task.stored).hasSize(2);
        assertThat(task.metric(Counter.SNAPSHOTS_ENDED)).isEqualTo(2);
    }

    @Test
    void offsetsAreAlteredIfEtcdCanGoOnFromThem() {
        run();
        task.untilEnds(1);
        etcd.etcdctl("put", "/app/a", "1");
        long first = task.revisionOf("1");
        etcd.etcdctl("put", "/app/a", "2");
        etcd.etcdctl("put", "/app/a", "3");
        task.until(t -> t.events().size() == 3);
        task.stop();
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>(task.stored);
        assertThat(alter(offsets)).isEmpty();
        Map<String, ?> partition = offsets.keySet().iterator().next();
        assertThat(alter(Map.of(partition, Map.of("revision", first)))).isEmpty();
        assertThat(alter(Map.of(partition, Map.of("revision", first + 1_000)))).contains("is ahead of etcd");
        assertThat(alter(Map.of(partition, Map.of("revision", 0)))).contains("at least 1");
        assertThat(alter(Map.of(partition, Map.of("revision", -1)))).contains("below 0");
        assertThat(alter(Map.of(partition, Map.of("revision", "many")))).contains("revision");
        assertThat(alter(Map.of(partition, Map.of("revision", 1, "x", 2)))).contains("partitions");
        assertThat(alter(Map.of(Map.of("route", "x"), Map.of()))).contains("after");
        assertThat(alter(Map.of(Map.of("route", "x", "after", "", "through", ""), Map.of("revision", 1))))
                .contains("no route x");
        Map<String, Object> raised = new HashMap<>(offsets.get(partition));
        raised.put("number.0", Long.MAX_VALUE);
        assertThat(alter(Map.of(partition, raised))).contains("future");

        // the task replays the events after the revision and continues
        task.stored.put(partition, new HashMap<>(Map.of("revision", first)));
        task.start();
        task.until(t -> t.events().size() == 5);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        task.stop();
        etcd.etcdctl("compact", Long.toString(first + 1));
        assertThat(alter(Map.of(partition, Map.of("revision", first)))).contains("compacted");
        offsets.replaceAll((p, o) -> null);
        assertThat(alter(offsets)).isEmpty();
        task.stored.clear();
        task.start();
        task.untilEnds(2);
    }

    private String alter(Map<Map<String, ?>, Map<String, ?>> offsets) {
        try {
            new EtcdSourceConnector()
                    .alterOffsets(
                            Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/"),
                            offsets);
            return "";
        } catch (ConnectException e) {
            System.out.println(e.getMessage());
            return e.getMessage();
        }
    }

    private Map<String, List<String>> errors(String... settings) {
        Map<String, String> config =
                new HashMap<>(Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        Map<String, List<String>> errors = new HashMap<>();
        new EtcdSourceConnector()
                .validate(config).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .forEach(value -> errors.put(value.name(), value.errorMessages()));
        System.out.println(errors);
        return errors;
    }

    private void deleteData() throws IOException {
        try (var files = Files.walk(etcd.folder().resolve("data"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
