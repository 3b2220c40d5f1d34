package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several tasks read one prefix, and the number of tasks changes. */
class RangesIT {

    private static final int KEYS = 400;

    private final Map<Map<String, ?>, Map<String, Object>> stored = new HashMap<>();
    private final List<SourceRecord> records = new ArrayList<>();
    private final Map<String, String> config = new HashMap<>();
    private final List<RunningTask> tasks = new ArrayList<>();
    private List<Map<String, String>> configs = List.of();
    private Etcd etcd;
    private TestEtcdClient client;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
        for (int i = 0; i < KEYS; i++) {
            client.putAsync(key(i), "v");
        }
        client.flush();
        config.putAll(Map.of(
                "name",
                "source",
                "etcd.endpoints",
                etcd.endpoint(),
                "etcd.prefix",
                "/app/",
                "partitions",
                "2",
                "split.min.keys",
                "50",
                "snapshot.fetch.size",
                "20"));
    }

    @AfterEach
    void stop() {
        tasks.forEach(RunningTask::close);
        client.close();
        etcd.close();
    }

    private static String key(int i) {
        return "/app/" + (1_000 + i);
    }

    private void runTasks(int max) {
        EtcdSourceConnector connector = new EtcdSourceConnector();
        connector.start(config);
        configs = connector.taskConfigs(max);
        configs.forEach(task -> {
            RunningTask running = new RunningTask(task, stored);
            tasks.add(running);
        });
    }

    private void stopTasks() {
        tasks.forEach(task -> {
            records.addAll(task.sourceRecords());
            task.close();
        });
        tasks.clear();
    }

    private void until(Predicate<RangesIT> done) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!done.test(this)) {
            assertThat(System.nanoTime()).as("%s", stored).isLessThan(end);
            tasks.forEach(RunningTask::poll);
        }
    }

    private void deliveredThrough(long revision) {
        until(t -> tasks.stream()
                .flatMap(task -> task.partitions(stored).stream())
                .allMatch(offset -> (long) offset.get("revision") >= revision));
    }

    private long snapshots() {
        return tasks.stream().mapToLong(t -> t.metric(Counter.SNAPSHOTS_BEGUN)).sum();
    }

    private void equal() {
        List<SourceRecord> all = new ArrayList<>(records);
        tasks.forEach(task -> all.addAll(task.sourceRecords()));
        Follower.of(all).holds(client, "/app/");
    }

    @Test
    void aCutRouteOfAnotherPrefixIsRefusedAndTheOldOneGoesOn() {
        config.put("heartbeat.interval.ms", "200");
        runTasks(4);
        deliveredThrough(client.put("/app/1200", "w"));
        stopTasks();
        config.put("etcd.prefix", "/new/");
        assertThatThrownBy(() -> runTasks(4))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("/app/")
                .hasMessageContaining("/new/")
                .hasMessageContaining("/etcd-pg-connect/ranges/source/etcd");
        config.put("etcd.prefix", "/app/");
        runTasks(4);
        deliveredThrough(client.put("/app/1", "w"));
        assertThat(snapshots()).isZero();
        equal();
    }

    /** Connect replaces variables like ${env:HOME} in the settings of a task. */
    @Test
    void noKeyStandsInASettingOfATask() {
        for (int i = 0; i < KEYS; i++) {
            client.put(key(i) + "${env:HOME}", "v");
        }
        runTasks(4);
        assertThat(tasks).hasSize(4);
        assertThat(configs).allSatisfy(task -> assertThat(task.values())
                .noneMatch(value -> value.contains("$"))
                .noneMatch(value -> value.contains("/app/1")));
        deliveredThrough(client.put("/app/1200", "w"));
        equal();
    }

    @Test
    void aLargePrefixIsCutAndReadByManyTasksAndARestartFindsTheSame() {
        config.put("heartbeat.interval.ms", "200");
        runTasks(4);
        assertThat(tasks).hasSize(4);
        deliveredThrough(client.put("/app/1200", "w"));
        equal();
        List<EtcdRecord.End> ends = tasks.stream()
                .flatMap(task -> task.of(EtcdRecord.End.class).stream())
                .toList();
        List<KeyRange> ranges =
                ends.stream().map(EtcdRecord.End::range).distinct().toList();
        assertThat(ranges).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(ranges.get(i).after())
                    .isEqualTo(i == 0 ? "" : ranges.get(i - 1).through());
        }
        for (RunningTask task : tasks) {
            assertThat(task.rows().size()).isBetween(KEYS / 4 - 2, KEYS / 4 + 2);
        }
        assertThat(ranges.get(3).through()).isEmpty();

        List<Map<String, String>> before = configs;
        stopTasks();
        client.put(key(7), "away");
        client.delete(key(399));
        runTasks(4);
        assertThat(configs).isEqualTo(before);
        deliveredThrough(client.put("/app/1", "w"));
        assertThat(snapshots()).isZero();
        equal();
    }

    @Test
    void anotherNumberOfTasksLosesNothingAndNeedsNoSnapshot() {
        config.put("heartbeat.interval.ms", "200");
        runTasks(1);
        assertThat(client.all("/etcd-pg-connect/ranges/")).isEmpty();
        deliveredThrough(client.put(key(0), "one"));
        for (int max : new int[] {3, 2, 5, 1, 4}) {
            stopTasks();
            for (int i = 0; i < 20; i++) {
                client.put(key(i * 20), "before " + max);
            }
            client.delete(key(max));
            runTasks(max);
            assertThat(tasks).hasSize(max);
            deliveredThrough(client.put(key(0), "with " + max));
            assertThat(snapshots()).isZero();
            equal();
        }
        // the tasks have delivered every revision at least once
        stopTasks();
        List<String> values = RunningTask.decode(records).stream()
                .filter(EtcdRecord.Event.class::isInstance)
                .map(EtcdRecord.Event.class::cast)
                .filter(e -> !e.isSnapshot() && e.after() != null)
                .map(e -> e.key() + e.after().value())
                .toList();
        for (int max : new int[] {3, 2, 5, 1, 4}) {
            for (int i = 0; i < 20; i++) {
                assertThat(values).contains(key(i * 20) + "before " + max);
            }
        }
    }

    @Test
    void whatWasNotReadWholeIsReadAgainInNewRanges() {
        config.put("heartbeat.interval.ms", "200");
        runTasks(2);
        until(t -> tasks.get(0).rows().size() >= 40);
        stopTasks();
        client.delete(key(0));
        client.delete(key(KEYS - 1));
        runTasks(3);
        deliveredThrough(client.put(key(5), "w"));
        equal();
    }

    @Test
    void otherPartitionsBeginOneEpochForAllTasks() {
        config.put("heartbeat.interval.ms", "200");
        runTasks(3);
        deliveredThrough(client.put(key(0), "w"));
        String epoch = client.get("/etcd-pg-connect/epoch");
        stopTasks();
        config.put("partitions", "3");
        runTasks(3);
        deliveredThrough(client.put(key(0), "x"));
        equal();
        assertThat(Long.parseLong(client.get("/etcd-pg-connect/epoch"))).isGreaterThan(Long.parseLong(epoch));
        assertThat(tasks.stream().mapToLong(t -> t.metric(Counter.NEW_EPOCHS)).sum())
                .isEqualTo(1);
    }

    @Test
    void aRequestIsDoneWhenAllTasksThatItConcernsHaveAnswered() {
        runTasks(4);
        until(t -> tasks.stream().allMatch(task -> task.of(EtcdRecord.End.class).size() == 2)
                && tasks.stream().noneMatch(RunningTask::snapshotUnderWay));
        String request = "/etcd-pg-connect/request/etcd/9";
        client.put(request, "{\"after\":\"" + key(50) + "\",\"through\":\"" + key(150) + "\"}");
        // the second task stands still
        while (tasks.get(0).of(EtcdRecord.End.class).size() < 4) {
            tasks.get(0).poll();
        }
        tasks.get(0).poll();
        tasks.get(2).poll();
        tasks.get(3).poll();
        assertThat(client.get(request)).isNotNull();
        // the second task restarts before it marks the request as answered
        while (tasks.get(1).of(EtcdRecord.End.class).size() < 4) {
            tasks.get(1).poll();
        }
        tasks.get(1).stop();
        tasks.get(1).start();
        until(t -> client.get(request) == null);
        assertThat(client.all("/etcd-pg-connect/part/")).isEmpty();
        assertThat(tasks.get(2).of(EtcdRecord.End.class)).hasSize(2);
        assertThat(tasks.get(3).of(EtcdRecord.End.class)).hasSize(2);
        EtcdRecord.End low = tasks.get(0).of(EtcdRecord.End.class).get(2);
        EtcdRecord.End high = tasks.get(1).of(EtcdRecord.End.class).get(2);
        assertThat(low.range()).isEqualTo(new KeyRange(key(50), high.range().after()));
        assertThat(high.range().through()).isEqualTo(key(150));
        assertThat(low.request()).isEqualTo(9);
        assertThat(high.request()).isEqualTo(9);
        equal();
    }
}
