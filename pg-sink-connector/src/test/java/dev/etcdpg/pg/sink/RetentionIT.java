package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.testing.servers.Postgres;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests that the sink prunes the history and the conflicts, and that everything works after all was pruned that may be pruned. */
class RetentionIT {

    private final Postgres postgres = Postgres.shared();

    private static final String[] NOTHING_IS_KEPT = {
        "history.retention.ms", "0", "history.retention.per.key", "1", "conflict.retention.ms", "0"
    };

    private static Bench bench(Postgres postgres, String... more) {
        String[] settings = new String[NOTHING_IS_KEPT.length + more.length];
        System.arraycopy(NOTHING_IS_KEPT, 0, settings, 0, NOTHING_IS_KEPT.length);
        System.arraycopy(more, 0, settings, NOTHING_IS_KEPT.length, more.length);
        return new Bench(postgres, settings).ready();
    }

    /** Removes everything that may be removed. The sink rests between two passes, so the test calls the functions. */
    private static void prune(Bench b) {
        b.rows("select etcd_sync.etcd_published((select last_number from etcd_sync.etcd_dispatch_state))");
        b.rows("select etcd_sync.etcd_prune_history('0 s', 1)");
        b.rows("select etcd_sync.etcd_prune_conflicts('0 s')");
        assertThat(b.rows("select key from etcd_sync.etcd_history group by key having count(*) > 1"))
                .isEmpty();
    }

    @Test
    void theSinkPrunesInSmallPieces() {
        try (Bench b = new Bench(postgres, "history.retention.per.key", "2").ready()) {
            b.sql(
                    "insert into etcd_sync.etcd_history (route, key, epoch, revision, op, value, origin)"
                            + " select 'etcd', '/k/' || k, 1000, r, 'put', 'v', 'etcd' from generate_series(1, 1200) k, generate_series(1, 4) r");
            b.crash();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .untilAsserted(() -> {
                        b.put();
                        assertThat(b.one("select count(*) from etcd_sync.etcd_history"))
                                .isEqualTo("2400");
                    });
            assertThat(b.one("select min(revision) from etcd_sync.etcd_history"))
                    .isEqualTo("3");
        }
    }

    @Test
    void withoutSettingsTheSinkRemovesNothing() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6));
            b.crash();
            b.put();
            assertThat(b.history()).hasSize(2);
        }
    }

    @Test
    void aHeldChangeCanBeGivenUp() {
        try (Bench b = bench(postgres, "conflict.policy", "manual")) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = 'mine'");
            b.dispatch();
            b.put(b.event("/k/a", "2", 6), b.event("/k/a", "3", 7));
            assertThat(b.flight("/k/a")).startsWith("held");
            prune(b);
            b.rows("select etcd_sync.etcd_resolve('/k/a', 'etcd')");
            assertThat(b.table()).containsExactly("/k/a=3@7");
            prune(b);
        }
    }

    /** The answer says that the change was overwritten. The row takes the mirrored value, which only the history has. */
    @Test
    void anAnswerFindsTheMirroredValue() {
        try (Bench b = bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6));
            b.sql("update public.etcd set value = 'mine'");
            b.dispatch();
            b.put(b.event("/k/a", "2", 9));
            prune(b);
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.PROCESSED));
            assertThat(b.table()).containsExactly("/k/a=2@9");
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 9");
        }
    }

    @Test
    void aLostInsertThatEtcdTakesLateIsStillMarked() {
        try (Bench b = bench(postgres)) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'mine')");
            b.dispatch();
            b.put(b.event("/k/a", "theirs", 5));
            b.dispatch();
            prune(b);
            b.put(b.event("/k/a", null, 6));
            prune(b);
            b.put(b.event("/k/a", "mine", 7));
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5 late");
            b.dispatch();
            prune(b);
            assertThat(b.conflicts()).isEmpty();
            assertThat(b.table()).containsExactly("/k/a=mine@7");
        }
    }

    @Test
    void aManifestANewEpochAndABecomingOfAnOriginal() {
        try (Bench b = bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6), b.event("/k/b", "1", 7), b.event("/k/b", "2", 8));
            prune(b);
            b.put(b.manifest(9, "/k/b"), b.end(9, 0));
            assertThat(b.table()).containsExactly("/k/b=2@8");
            prune(b);
            b.epoch = 2000;
            b.put(
                    b.snapshot("/k/a", "old", 3, 4),
                    b.snapshot("/k/b", "old", 4, 4),
                    b.manifest(4, "/k/a", "/k/b"),
                    b.end(4, 0));
            assertThat(b.table()).containsExactly("/k/a=old@3", "/k/b=old@4");
            b.sql("update public.etcd set value = 'mine' where key = '/k/a'");
            b.dispatch();
            prune(b);
            b.rows("select etcd_sync.etcd_become_original()");
            b.crash();
            b.dispatch();
            b.put(b.event("/k/a", "theirs", 5));
            assertThat(b.table()).containsExactly("/k/a=theirs@5", "/k/b=old@4");
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5");
            b.put(b.event("/k/b", null, 6));
            prune(b);
            assertThat(b.history()).containsExactly("/k/a put theirs@2000.5 etcd", "/k/b delete@2000.6 etcd");
        }
    }
}
