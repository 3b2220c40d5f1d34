package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd is restored from a snapshot, or replaced. The connectors notice, a new epoch and a snapshot follow, and both sides are equal again. */
class AnotherHistoryIT {
    private static final String[] ALL = Sides.CONNECTORS.toArray(String[]::new);
    private static final int KEYS = 500;

    private static final Map<String, String> REPLACED = Map.of("history.policy", "resnapshot");

    private final Sides sides = Sides.shared();

    @TempDir
    Path folder;

    private Path snapshot;
    private long epoch;

    @BeforeEach
    void someKeysAndASnapshotOfThem() {
        snapshot = folder.resolve("snapshot");
        sides.etcd.putMany(KEYS, i -> key("history/" + i), i -> "first " + i);
        sides.postgres.execute(
                "insert into etcd (key, value) values (?, 'local') on conflict (key) do update set value = 'local'",
                key("history/local"));
        sides.settle();
        epoch = sides.epoch();
        sides.stack.etcd().saveSnapshot(snapshot);
    }

    /** Makes changes that the snapshot does not have. */
    private void moreIsDone() {
        sides.etcd.putMany(KEYS / 2, i -> key("history/" + i), i -> "second " + i);
        sides.etcd.delete(key("history/7"));
        sides.etcd.put(key("history/later"), "later");
        sides.postgres.execute("update etcd set value = 'local, later' where key = ?", key("history/local"));
        sides.postgres.execute("delete from etcd where key = ?", key("history/8"));
        sides.awaitEqual();
    }

    private void restore() {
        sides.stack.etcd().restoreSnapshot(snapshot);
        sides.stack.etcd().start();
    }

    private void settleUnderANewEpoch() {
        await("a new epoch").atMost(Duration.ofSeconds(60)).until(() -> sides.epoch() > epoch);
        sides.settle();
    }

    @Test
    void etcdIsRestoredWhileTheConnectorsRun() {
        moreIsDone();

        restore();

        settleUnderANewEpoch();
        assertThat(sides.etcd.get(key("history/7"))).isEqualTo("first 7");
    }

    @Test
    void etcdIsRestoredWhileTheConnectorsAreStopped() {
        moreIsDone();
        sides.stop(ALL);

        restore();
        sides.resume(ALL);

        settleUnderANewEpoch();
        assertThat(sides.etcd.get(key("history/7"))).isEqualTo("first 7");
    }

    @Test
    void etcdIsRestoredAndGrownPastTheOffsetWhileNobodyLooks() {
        moreIsDone();
        sides.stop(ALL);

        restore();
        for (int i = 0; i < 200; i++) {
            sides.etcd.put(key("history/" + i % 20), "third " + i);
        }
        sides.resume(ALL);

        settleUnderANewEpoch();
        assertThat(sides.etcd.get(key("history/19"))).isEqualTo("third 199");
    }

    /** The key has the base revision of the change, but in another history. */
    @Test
    void aLocalChangeBasedOnTheOldHistoryIsNotAppliedByAccidentOfNumbers() {
        String key = key("history/accident");
        sides.stop("etcd-sink");
        sides.stack.etcd().saveSnapshot(snapshot.resolveSibling("before"));
        long revision = sides.etcd.put(key, "old history");
        await("the mirror of " + key).atMost(Duration.ofSeconds(60)).until(() -> sides.postgres
                .query("select mod_revision from etcd where key = ?", key)
                .equals(java.util.List.of(Long.toString(revision))));
        sides.postgres.execute("update etcd set value = 'based on old history' where key = ?", key);
        await("the change is on its way")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sides.postgres.number(
                                "select count(*) from etcd_sync.etcd_pending where key = ? and status = 'inflight'",
                                key)
                        == 1);
        sides.awaitSilence();
        sides.stop("etcd-source");

        sides.stack.etcd().restoreSnapshot(snapshot.resolveSibling("before"));
        sides.stack.etcd().start();
        assertThat(sides.etcd.put(key, "new history")).as("the accident").isEqualTo(revision);
        sides.resume("etcd-source");
        await("a new epoch").atMost(Duration.ofSeconds(60)).until(() -> sides.epoch() > epoch);
        sides.resume("etcd-sink");

        settleUnderANewEpoch();
        assertThat(sides.etcd.get(key)).isEqualTo("new history");
        assertThat(sides.postgres.number(
                        "select count(*) from etcd_sync.etcd_conflict where key = ? and value = 'based on old history'",
                        key))
                .as("the change is reported")
                .isEqualTo(1);
    }

    @AfterEach
    void usualPolicy() {
        if (sides.config("pg-sink").containsKey("history.policy")) {
            sides.reconfigure("etcd-source", Map.of("history.policy", "same-cluster"));
            sides.reconfigure("pg-sink", Map.of("history.policy", "same-cluster"));
        }
    }

    /** The same happens if {@code etcd.endpoints} of the source leads to another cluster. Earlier, all rows were deleted at once. */
    @Test
    void etcdIsReplacedByAnEmptyCluster() {
        long rows = sides.postgres.number("select count(*) from public.etcd");
        sides.stack.etcd().becomeAnotherCluster();
        sides.stack.etcd().start();

        await("etcd-source is FAILED")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sides.connect().failure("etcd-source") != null);
        assertThat(sides.connect().failure("etcd-source"))
                .contains("etcd.endpoints", "the other cluster", "delete", "history.policy=resnapshot");
        assertThat(sides.postgres.number("select count(*) from public.etcd")).isEqualTo(rows);

        sides.reconfigure("pg-sink", REPLACED);
        sides.reconfigure("etcd-source", REPLACED);
        await("a new epoch").atMost(Duration.ofSeconds(60)).until(() -> sides.epoch() > epoch);
        sides.settle();
        assertThat(sides.postgres.all("public.etcd")).isEmpty();
    }

    @Test
    void etcdIsReplacedByAClusterWithOtherKeys() {
        sides.stop("etcd-source");
        sides.stack.etcd().becomeAnotherCluster();
        sides.stack.etcd().start();
        sides.etcd.putMany(KEYS * 4, i -> key("history/" + i * 2), i -> "elsewhere " + i);
        sides.reconfigure("pg-sink", REPLACED);
        sides.reconfigure("etcd-source", REPLACED);
        sides.resume("etcd-source");

        settleUnderANewEpoch();
        assertThat(sides.etcd.get(key("history/1"))).isNull();
    }
}
