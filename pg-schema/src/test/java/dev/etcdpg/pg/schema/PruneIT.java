package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests etcd_prune_history and etcd_prune_conflicts. */
class PruneIT {

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
        db.run("insert into etcd_first_snapshot (route, epoch, partition, after_key, through_key, revision)"
                + " select 'app', 10, p, '', '', 1 from generate_series(0, 3) p");
    }

    @AfterEach
    void close() {
        db.close();
    }

    /** Writes revisions of the keys /a/1 to /a/n, one a day; the last one is a day old. The mirror has the last one. */
    private void days(int keys, int days) {
        db.run(
                "insert into etcd_history (route, key, epoch, revision, op, value, create_revision, version, origin, applied_at)"
                        + " select 'app', '/a/' || k, 10, 100 * d + k, 'put', 'v' || d, 100 + k, d, 'etcd', now() - interval '1 day' * ("
                        + days
                        + " - d + 1) from generate_series(1, " + keys + ") k, generate_series(1, " + days + ") d");
        db.run(
                "insert into etcd_mirror (route, key, epoch, revision, value_hash, create_revision, version, applied_epoch, applied_revision)"
                        + " select h.route, h.key, h.epoch, h.revision, sha256(convert_to(h.value, 'UTF8')), h.create_revision, h.version, 10, h.revision"
                        + " from etcd_history h where h.version = " + days);
    }

    private List<String> versions(String key) {
        return db.rows("select version from etcd_history where key = ? order by epoch, revision", key);
    }

    @Test
    void byAgeTheStateAtTheLimitStaysKnown() {
        days(2, 5);
        // day 3 was two and a half days ago the current one
        assertThat(db.number("select etcd_prune_history(older_than => '2.5 days')"))
                .isEqualTo(4);
        assertThat(versions("/a/1")).containsExactly("3", "4", "5");
        assertThat(db.number("select etcd_prune_history('2.5 days')")).isZero();
        assertThat(db.one("select value, complete from etcd_get('/a/1', 350)")).isEqualTo("v3 t");
        assertThat(db.one("select value, complete, gap from etcd_get('/a/1', 250)"))
                .isEqualTo("- f revisions before 301 were pruned");
        assertThat(db.rows("select key, op, complete from etcd_at('/a/', 250)"))
                .containsExactly("/a/1 - f", "/a/2 - f");
        assertThat(db.rows("select revision, op, note from etcd_log('/a/1') limit 2"))
                .containsExactly("- gap revisions before 301 were pruned", "301 put -");
    }

    @Test
    void byCount() {
        days(3, 5);
        db.run("delete from etcd_history where key = '/a/3' and version < 4");
        assertThat(db.number("select etcd_prune_history(keep_per_key => 2)")).isEqualTo(6);
        assertThat(versions("/a/1")).containsExactly("4", "5");
        assertThat(versions("/a/3")).containsExactly("4", "5");
        assertThat(db.rows("select key from etcd_history where pruned_before order by key"))
                .containsExactly("/a/1", "/a/2");
        // what is beyond either limit goes
        assertThat(db.number("select etcd_prune_history('0.5 days', 1)")).isEqualTo(3);
        assertThat(db.rows("select version from etcd_history")).containsExactly("5", "5", "5");
    }

    @Test
    void callsAreShortAndContinue() {
        days(7, 5);
        long removed = 0;
        for (int call = 0; call < 7; call++) {
            assertThat(db.number("select etcd_prune_history(keep_per_key => 1, max_rows => 4)"))
                    .isEqualTo(4);
            // never a hole
            assertThat(
                            db.rows(
                                    "select key from etcd_history group by key having count(*) <> max(version) - min(version) + 1"))
                    .isEmpty();
            removed += 4;
        }
        assertThat(removed).isEqualTo(28);
        assertThat(db.number("select etcd_prune_history(keep_per_key => 1, max_rows => 4)"))
                .isZero();
        assertThat(db.number("select count(*) from etcd_history")).isEqualTo(7);
    }

    /** The mirror is behind the history after a restored backup of one table, or after hand work. Whatever the reason, its revision stays. */
    @Test
    void theMirroredRevisionStaysWhereverItIs() {
        days(3, 5);
        db.run("update etcd_mirror set revision = 301, value_hash = sha256('v3') where key = '/a/1'");
        db.run("update etcd_mirror set revision = 0, value_hash = null where key = '/a/2'");
        db.run("delete from etcd_mirror where key = '/a/3'");
        db.run("select etcd_prune_history('0 s', 1)");
        assertThat(versions("/a/1")).containsExactly("3", "4", "5");
        assertThat(versions("/a/2")).containsExactly("5");
        assertThat(versions("/a/3")).containsExactly("5");
    }

    @Test
    void aHeldChangeIsGivenUpAfterEverythingWasPruned() {
        db.mirror("/a/1", "x", 10, 7);
        db.mirror("/a/1", "y", 10, 8);
        db.run("update app set value = 'mine'");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd'");
        assertThat(db.number("select etcd_prune_history('0 s')")).isEqualTo(1);
        db.run("select etcd_resolve('/a/1', 'etcd')");
        assertThat(db.one("select value, mod_revision from app")).isEqualTo("y 8");
    }

    @Test
    void theSinkDoesNotWait() {
        days(3, 5);
        try (Db other = db.another();
                Db third = db.another()) {
            db.begin();
            assertThat(db.number("select etcd_prune_history(keep_per_key => 1)"))
                    .isEqualTo(12);
            other.run("set lock_timeout = '1ms'");
            other.mirror("/a/1", "new", 10, 900);
            // another sink leaves the route to the session that prunes it
            assertThat(third.one("select * from etcd_prune_piece('app', '0 s', null, 100, 100)"))
                    .isEqualTo("0 t");
            db.commit();
        }
        assertThat(db.rows("select value from etcd_history where key = '/a/1' order by revision"))
                .containsExactly("v5", "new");
        assertThat(db.one("select * from etcd_prune_piece('app', '0 s', null, 2, 100)"))
                .isEqualTo("1 f");
        assertThat(db.one("select * from etcd_prune_piece('app', '0 s', null, 2, 100)"))
                .isEqualTo("0 t");
    }

    @Test
    void argumentsAreChecked() {
        for (String wrong : List.of("", "'-1 s'", "null, 0", "null, 1, 'app', 0")) {
            assertThatThrownBy(() -> db.run("select etcd_prune_history(" + wrong + ")"))
                    .hasMessageContaining("must");
        }
        assertThatThrownBy(() -> db.run("select etcd_prune_history('1 day', route => 'none')"))
                .hasMessageContaining("there is no route \"none\"");
        assertThatThrownBy(() -> db.run("select etcd_prune_conflicts(null)")).hasMessageContaining("must be given");
    }

    private void conflict(String key, String op, long base, Long send, Long published, int days) {
        db.rows(
                "insert into etcd_conflict (route, key, change_id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision,"
                        + " won_epoch, won_revision, reason, detected_at, publish_number) values ('app', ?, 1, ?, ?, '1', 'me', now(), ?, 10, ?, 10, 5,"
                        + " 'changed in etcd', now() - interval '1 day' * ?, ?) returning 1",
                key,
                op,
                op.equals("put") ? "mine" : null,
                send,
                base,
                days,
                published);
    }

    private List<String> conflicts() {
        return db.rows("select key from etcd_conflict order by key");
    }

    @Test
    void conflictsThatAreStillNeededStay() {
        conflict("/a/an update", "put", 3, 70L, 100L, 9);
        conflict("/a/never sent", "put", 0, null, 101L, 9);
        conflict("/a/recent", "put", 3, 70L, 102L, 1);
        conflict("/a/lost insert", "put", 0, 70L, 103L, 9);
        conflict("/a/late insert", "put", 0, 70L, 104L, 9);
        conflict("/a/not produced", "put", 3, 70L, 200L, 9);
        conflict("/a/not numbered", "put", 3, 70L, null, 9);
        db.run("update etcd_conflict set applied_late = true where key = '/a/late insert'");
        assertThat(db.number("select etcd_prune_conflicts('5 days')"))
                .as("nothing is published yet")
                .isZero();
        db.run("select etcd_published(104)");
        assertThat(db.number("select etcd_prune_conflicts('5 days', 'other')")).isZero();
        assertThat(db.number("select etcd_prune_conflicts('5 days', 'app', 2)")).isEqualTo(2);
        assertThat(db.number("select etcd_prune_conflicts('5 days')")).isEqualTo(1);
        assertThat(conflicts()).containsExactly("/a/lost insert", "/a/not numbered", "/a/not produced", "/a/recent");
        // etcd refuses an insert of an older epoch, and the snapshot of the new one would have shown it
        db.endSnapshot(20);
        assertThat(db.number("select etcd_prune_conflicts('5 days')")).isEqualTo(1);
        assertThat(conflicts()).containsExactly("/a/not numbered", "/a/not produced", "/a/recent");
        db.run("select etcd_published(50)");
        assertThat(db.number("select published_number from etcd_dispatch_state"))
                .isEqualTo(104);
    }
}
