package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests restore etcd from a backup. Afterwards the revision of etcd may be behind or ahead of the offset. */
class EtcdRestoreIT {

    @TempDir
    private Path folder;

    private Etcd etcd;
    private TestEtcdClient client;
    private RunningTask task;
    private long before;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
        run();
        task.untilEnds(1);
        client.put("/app/kept", "1");
        client.put("/app/gone", "1");
        task.until(t -> t.events().size() == 2);
        etcd.saveSnapshot(folder.resolve("backup"));
    }

    @AfterEach
    void stop() {
        task.close();
        client.close();
        etcd.close();
    }

    private void run(String... settings) {
        Map<String, String> config = new HashMap<>(
                Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/", "partitions", "2"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        task = new RunningTask(config);
    }

    /** Restores etcd and adds {@code grown} revisions. The first new revision writes a key of the route. */
    private void restore(int grown) {
        before = task.of(EtcdRecord.End.class).stream()
                .mapToLong(end -> end.at().epoch())
                .max()
                .orElse(0);
        etcd.restoreSnapshot(folder.resolve("backup"));
        etcd.start();
        for (int i = 0; i < grown; i++) {
            client.put(i == 0 ? "/app/after" : "/elsewhere", "r" + i);
        }
    }

    private void endsEqualInANewEpoch() {
        task.until(
                Duration.ofSeconds(60),
                t -> t.of(EtcdRecord.End.class).stream()
                                        .filter(e -> e.at().epoch() > before)
                                        .count()
                                >= 2
                        && !t.snapshotUnderWay());
        client.put("/app/last", "1");
        task.until(t -> t.events().stream().anyMatch(e -> e.key().equals("/app/last")));
        Follower.of(task.sourceRecords()).holds(client, "/app/");
        assertThat(Follower.of(task.sourceRecords()).live()).containsKey("/app/kept");
    }

    @Test
    void restoredWhileItRuns() {
        client.put("/app/lost", "1");
        client.delete("/app/gone");
        task.until(t -> t.events().size() == 4);
        restore(0);
        endsEqualInANewEpoch();
    }

    @Test
    void restoredAndGrownPastTheOffsetWhileItRuns() {
        client.put("/app/lost", "1");
        task.until(t -> t.events().size() == 3);
        restore(20);
        endsEqualInANewEpoch();
    }

    @Test
    void restoredWhileItRunsAndIsIdle() {
        client.put("/app/lost", "1");
        task.until(t -> t.events().size() == 3);
        task.drain();
        restore(0);
        endsEqualInANewEpoch();
        assertThat(task.metric(Counter.NEW_EPOCHS)).isEqualTo(2);
    }

    @Test
    void restoredAndGrownPastTheOffsetWhileItIsStopped() {
        client.put("/app/lost", "1");
        task.until(t -> t.events().size() == 3);
        task.stop();
        restore(20);
        task.start();
        endsEqualInANewEpoch();
    }

    @Test
    void aDeleteThatTheBackupDoesNotHave() {
        client.delete("/app/gone");
        task.until(t -> t.events().size() == 3);
        task.stop();
        restore(20);
        task.start();
        endsEqualInANewEpoch();
        assertThat(Follower.of(task.sourceRecords()).live()).containsKey("/app/gone");
    }

    @Test
    void anEpochThatTheBackupDoesNotHave() {
        long old = Long.parseLong(client.get("/etcd-pg-connect/epoch"));
        client.put("/etcd-pg-connect/epoch", Long.toString(old + 5));
        task.untilEnds(2);
        task.stop();
        restore(50);
        task.start();
        endsEqualInANewEpoch();
        assertThat(Long.parseLong(client.get("/etcd-pg-connect/epoch"))).isGreaterThan(old + 5);
    }

    @Test
    void failsIfSoConfiguredUntilTheUserSaysOtherwise() {
        task.stop();
        task.set("history.policy", "fail");
        task.start();
        client.put("/app/lost", "1");
        task.until(t -> t.events().size() == 3);
        restore(20);
        assertThatThrownBy(() -> task.until(Duration.ofSeconds(60), t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("another history")
                .hasMessageContaining("history.policy");
        task.stop();
        assertThatThrownBy(() -> {
                    task.start();
                    task.until(t -> false);
                })
                .isInstanceOf(ConnectException.class);
        task.stop();
        task.set("history.policy", "resnapshot");
        task.start();
        endsEqualInANewEpoch();
    }

    /** {@code etcd.endpoints} may lead to the wrong cluster. Its snapshot would delete all rows. */
    @Test
    void anotherClusterIsRefusedUntilTheUserAllowsIt() {
        etcd.becomeAnotherCluster();
        etcd.start();
        client.put("/app/elsewhere", "1");
        assertThatThrownBy(() -> task.until(Duration.ofSeconds(60), t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll("etcd.endpoints", "the other cluster", "delete", "history.policy=resnapshot");
        assertThat(client.get("/etcd-pg-connect/epoch"))
                .as("nothing was written")
                .isNull();
        task.stop();
        assertThatThrownBy(() -> {
                    task.start();
                    task.until(t -> false);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("history.policy=resnapshot");
        assertThat(task.of(EtcdRecord.End.class).stream()
                        .map(EtcdRecord.End::at)
                        .distinct())
                .hasSize(1);
        task.stop();
        task.set("history.policy", "resnapshot");
        task.start();
        task.untilEnds(2);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    /** After a restore with {@code --mark-compacted}, etcd looks as after a compaction. */
    @ParameterizedTest
    @ValueSource(strings = {"/app/lost", "/app/kept"})
    void aRestoreThatMarksItsRevisionsAsCompactedIsAskedForToo(String last) {
        task.stop();
        task.set("history.policy", "fail");
        task.start();
        client.put(last, "2");
        task.until(t -> t.events().size() == 3);
        task.stop();
        etcd.restoreSnapshot(folder.resolve("backup"), "--bump-revision=1000000", "--mark-compacted");
        etcd.start();
        assertThatThrownBy(() -> {
                    task.start();
                    task.until(t -> false);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("history")
                .hasMessageContaining("history.policy is fail");
        task.stop();
        task.set("history.policy", "resnapshot");
        task.start();
        task.untilEnds(2);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void aCompactionIsNoReasonToFailWhileEtcdShowsTheLastEvent() {
        task.stop();
        task.set("history.policy", "fail");
        client.compact(client.put("/app/other", "1"));
        task.start();
        task.untilEnds(2);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void anotherPrefixIsRefusedAndTheOldOneGoesOn() {
        client.put("/new/a", "1");
        task.stop();
        task.set("etcd.prefix", "/new/");
        assertThatThrownBy(() -> task.start())
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("/app/")
                .hasMessageContaining("/new/")
                .hasMessageContaining("etcd.prefix");
        task.set("etcd.prefix", "/app/");
        task.start();
        client.put("/app/kept", "2");
        task.until(t -> t.events().size() == 3);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }
}
