package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.core.KeyPartitioner;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which changes dispatch sends, when, and under which numbers. */
class DispatchIT {

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    private List<String> sends(long after) {
        return db.rows("select kind, key, op, value, base_epoch, base_revision from etcd_sends(?, 1000)", after);
    }

    private long last() {
        return db.number("select last_number from etcd_dispatch_state");
    }

    @Test
    void lanesAreTheOnesOfTheSource() {
        for (String key : List.of("/a/1", "", "ä€𝄞", "/a/" + "k".repeat(2000))) {
            for (int partitions : new int[] {1, 3, 4, 1000}) {
                assertThat(db.number("select etcd_partition(?, ?)", key, partitions))
                        .isEqualTo(KeyPartitioner.partition(key, partitions));
            }
        }
    }

    @Test
    void sendsOneChangeOfAKeyAtATimeOnTheMirroredRevision() {
        db.mirror("/a/1", "x", 12, 7);
        db.run("update app set value = 'y' where key = '/a/1'");
        db.run("update app set value = 'z' where key = '/a/1'");
        db.run("delete from app where key = '/a/1'");
        db.run("insert into app (key, value) values ('/a/2', 'new')");
        assertThat(db.dispatch()).isEqualTo(2);
        assertThat(sends(0)).containsExactly("change /a/1 put y 12 7", "change /a/2 put new 10 0");
        assertThat(db.pending())
                .containsExactly(
                        "/a/1 put y inflight", "/a/1 put z waiting", "/a/1 delete - waiting", "/a/2 put new inflight");
        assertThat(db.dispatch()).isZero();

        db.confirm("/a/1", 8);
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(sends(0)).containsExactly("change /a/2 put new 10 0", "change /a/1 put z 12 8");
        db.confirm("/a/1", 9);
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(sends(0)).containsExactly("change /a/2 put new 10 0", "change /a/1 delete - 12 9");
        db.confirm("/a/1", 10);
        db.confirm("/a/2", 11);
        assertThat(db.dispatch()).isZero();
        assertThat(db.wal()).isEmpty();
        assertThat(sends(0)).isEmpty();
    }

    @Test
    void sendsCarryTheAuthorAndTheLease() {
        db.mirror("/a/1", "x", 12, 7);
        db.run("update etcd_mirror set lease = 99");
        db.run("update app set value = 'y'");
        db.dispatch();
        assertThat(db.one("select author, lease, number > 1600000000000000 from etcd_sends(0, 10)"))
                .isEqualTo(Db.server().user() + " 99 t");
    }

    @Test
    void changesOfOneTransactionCountAsOne() {
        db.begin();
        for (int i = 1; i <= 5; i++) {
            db.run("insert into app (key, value) values ('/a/1', 'v" + i
                    + "') on conflict (key) do update set value = excluded.value");
        }
        db.commit();
        db.run("update app set value = 'w'");
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/1 put v5 0");
        assertThat(db.rows("select id, status from etcd_pending order by id"))
                .containsExactly("1 skipped", "2 skipped", "3 skipped", "4 skipped", "5 inflight", "6 waiting");
        db.confirm("/a/1", 3);
        assertThat(db.wal()).containsExactly("/a/1 put w");
    }

    @Test
    void tooManyWaitingChangesAreTakenTogether() {
        for (int i = 1; i <= 4; i++) {
            db.run("insert into app (key, value) values ('/a/few', 'v" + i
                    + "') on conflict (key) do update set value = excluded.value");
        }
        for (int i = 1; i <= 5; i++) {
            db.run("insert into app (key, value) values ('/a/many', 'v" + i
                    + "') on conflict (key) do update set value = excluded.value");
        }
        db.dispatch(1000, 4);
        assertThat(db.inflight()).containsExactly("/a/few put v1 0", "/a/many put v5 0");
    }

    @Test
    void whatEtcdHasAlreadyIsConfirmedAtOnce() {
        db.mirror("/a/1", "x", 10, 7);
        db.mirror("/a/2", "y", 10, 8);
        // Two transactions change the value of key 1 and restore the value. Another transaction inserts and deletes
        // key 3. This transaction also deletes key 2 and inserts key 2 with the same value again.
        db.run("update app set value = 'z' where key = '/a/1'");
        db.begin();
        db.run("insert into app (key, value) values ('/a/3', 'w')");
        db.run("delete from app where key = '/a/3'");
        db.run("delete from app where key = '/a/2'");
        db.run("insert into app (key, value) values ('/a/2', 'y')");
        db.commit();
        db.run("update app set value = 'x' where key = '/a/1'");
        assertThat(db.dispatch(1000, 1)).isZero();
        assertThat(db.wal()).isEmpty();
        assertThat(db.rows("select key, value, mod_revision, version from app order by key"))
                .containsExactly("/a/1 x 7 1", "/a/2 y 8 1");
        assertThat(db.rows("select * from etcd_differences('app')")).isEmpty();
    }

    @Test
    void goesOnBehindWhatIsConfirmedAtOnce() {
        db.mirror("/a/1", "x", 10, 7);
        db.begin();
        db.run("update app set value = 'y'");
        db.run("update app set value = 'x'");
        db.commit();
        db.begin();
        db.run("delete from app");
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        db.commit();
        db.run("update app set value = 'z'");
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.inflight()).containsExactly("/a/1 put z 7");
        assertThat(db.wal()).containsExactly("/a/1 put z");
    }

    @Test
    void whatIsUnrepresentableInEtcdEqualsNothing() {
        db.mirror("/a/1", null, 10, 7);
        db.run("update etcd_mirror set revision = 7, unrepresentable = true where key = '/a/1'");
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/1 put x 7");
        db.confirm("/a/1", 8);
        db.run("update etcd_mirror set unrepresentable = true where key = '/a/1'");
        db.run("delete from app");
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/1 delete - 8");
    }

    @Test
    void aRowThatAnApplicationHoldsKeepsItsChangeWaiting() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'y'");
        db.run("update app set value = 'x'");
        try (Db app = db.another()) {
            app.begin();
            app.run("update app set value = 'z'");
            assertThat(db.one("select * from etcd_dispatch(1000, 1)")).isEqualTo("0 f 1");
            assertThat(db.pending()).containsExactly("/a/1 put y waiting", "/a/1 put x waiting");
            app.rollback();
        }
        assertThat(db.one("select * from etcd_dispatch(1000, 1)")).isEqualTo("0 f 0");
        assertThat(db.wal()).isEmpty();
        assertThat(db.one("select value, mod_revision from app")).isEqualTo("x 7");
    }

    @Test
    void aKeyThatTheSinkHoldsIsLookedAtAgain() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'y'");
        db.run("insert into app (key, value) values ('/a/2', 'other')");
        try (Db sink = db.another()) {
            sink.begin();
            sink.run("select from etcd_mirror where key = '/a/1' for update");
            assertThat(db.one("select * from etcd_dispatch()")).isEqualTo("1 f 1");
            assertThat(db.inflight()).containsExactly("/a/2 put other 0");
            sink.rollback();
        }
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.inflight()).containsExactly("/a/1 put y 7", "/a/2 put other 0");
    }

    /**
     * An uncommitted transaction of the sink inserts the row of etcd_mirror. Dispatch does not wait for the transaction, and sends the other
     * keys.
     */
    @Test
    void aKeyThatTheSinkIsMakingIsLookedAtAgain() {
        db.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y'), ('/a/3', 'z')");
        try (Db sink = db.another()) {
            sink.begin();
            sink.run("insert into etcd_mirror (route, key) values ('app', '/a/2')");
            sink.run("insert into etcd_dispatch_queue (route, key) values ('app', '/a/2')");
            assertThat(db.one("select * from etcd_dispatch()")).isEqualTo("2 f 1");
            assertThat(db.inflight()).containsExactly("/a/1 put x 0", "/a/3 put z 0");
            sink.commit();
        }
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.inflight()).hasSize(3);
    }

    @Test
    void aLateCommitWithALowerIdIsNotPassedOver() {
        try (Db late = db.another()) {
            late.begin();
            late.run("insert into app (key, value) values ('/a/late', 'x')");
            db.run("insert into app (key, value) values ('/a/early', 'y')");
            assertThat(db.dispatch()).isEqualTo(1);
            db.run("insert into app (key, value) values ('/a/next', 'z')");
            assertThat(db.dispatch()).isEqualTo(1);
            late.commit();
        }
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.inflight()).containsExactly("/a/early put y 0", "/a/late put x 0", "/a/next put z 0");
    }

    @Test
    void aPreparedTransactionIsNotPassedOver() {
        try (Db app = db.another()) {
            app.begin();
            app.run("set local etcd_sync.notify = off");
            app.run("insert into app (key, value) values ('/a/1', 'x')");
            app.run("prepare transaction 'dispatch-" + db.database + "'");
        }
        db.run("insert into app (key, value) values ('/a/2', 'y')");
        assertThat(db.dispatch()).isEqualTo(1);
        db.run("commit prepared 'dispatch-" + db.database + "'");
        assertThat(db.dispatch()).isEqualTo(1);
    }

    /**
     * Dispatch scans ranges of transactions. The ranges must contain exactly the transactions that the later snapshot sees and the earlier
     * snapshot does not see.
     */
    @Test
    void whatHasFinishedBetweenTwoSnapshotsIsFoundWhole() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            int middle = 5 + random.nextInt(10);
            int end = middle + random.nextInt(12);
            TreeSet<Integer> before = new TreeSet<>();
            TreeSet<Integer> after = new TreeSet<>();
            for (int xid = 3; xid < end; xid++) {
                if (xid < middle && random.nextInt(3) == 0) {
                    before.add(xid);
                }
                if ((xid >= middle || before.contains(xid)) && random.nextInt(3) == 0) {
                    after.add(xid);
                }
            }
            assertThat(db.rows(
                            "select x from generate_series(1, 40) x where (pg_visible_in_snapshot(x::text::xid8, ?::pg_snapshot)"
                                    + " and not pg_visible_in_snapshot(x::text::xid8, ?::pg_snapshot)) <> exists (select from"
                                    + " etcd_finished_transactions(?::pg_snapshot, ?::pg_snapshot) where x::text::xid8 >= low"
                                    + " and x::text::xid8 < high)",
                            snapshot(after, end),
                            snapshot(before, middle),
                            snapshot(before, middle),
                            snapshot(after, end)))
                    .isEmpty();
        }
    }

    private static String snapshot(TreeSet<Integer> running, int end) {
        return (running.isEmpty() ? end : running.first()) + ":" + end + ":"
                + running.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    @Test
    void workIsCutIntoCalls() {
        db.run("insert into app (key, value) select '/a/' || i, 'v' from generate_series(1, 25) i");
        assertThat(db.one("select * from etcd_dispatch(10)")).isEqualTo("10 t 0");
        try (Db late = db.another()) {
            late.run("insert into app (key, value) values ('/a/between', 'v')");
        }
        assertThat(db.one("select * from etcd_dispatch(10)")).isEqualTo("10 t 0");
        assertThat(db.one("select * from etcd_dispatch(10)")).isEqualTo("5 f 0");
        assertThat(db.one("select * from etcd_dispatch(10)")).isEqualTo("1 f 0");
        assertThat(db.one("select * from etcd_dispatch(10)")).isEqualTo("0 f 0");
    }

    @Test
    void anIdleCallWritesNothing() {
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.dispatch();
        db.begin();
        assertThat(db.dispatch()).isZero();
        assertThat(db.one("select pg_current_xact_id_if_assigned()")).isEqualTo("-");
        db.rollback();
    }

    @Test
    void keysOfARangeWithoutASnapshotWaitForItsEnd() {
        db.run("delete from etcd_snapshot");
        db.run("insert into etcd_snapshot values ('app', 0, '', '/a/m', 10, 1, 0, 1)");
        db.run("insert into app (key, value) values ('/a/b', 'x'), ('/a/m', 'y'), ('/a/n', 'z')");
        assertThat(db.dispatch()).isEqualTo(2);
        assertThat(db.number("select etcd_sweep()")).isZero();
        db.run("insert into etcd_snapshot values ('app', 0, '/a/m', '', 11, 1, 0, 1)");
        assertThat(db.number("select etcd_enqueue_pending('app', 0, '/a/m', '')"))
                .isEqualTo(1);
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(sends(0))
                .containsExactly("change /a/b put x 10 0", "change /a/m put y 10 0", "change /a/n put z 11 0");
    }

    @Test
    void wakingIsForTheKeysOfThePartition() {
        db.run("delete from etcd_snapshot");
        db.run("insert into app (key, value) select '/a/' || i, 'v' from generate_series(1, 40) i");
        assertThat(db.dispatch()).isZero();
        long woken = 0;
        for (int p = 0; p < 4; p++) {
            db.run("insert into etcd_snapshot values ('app', " + p + ", '', '', 10, 1, 0, 4)");
            woken += db.number("select etcd_enqueue_pending('app', ?, '', '')", p);
        }
        assertThat(woken).isEqualTo(40);
        assertThat(db.dispatch()).isEqualTo(40);
        assertThat(db.number("select etcd_enqueue_pending('app', 1, '', '')")).isZero();
    }

    @Test
    void theSweepFindsWhatWasForgotten() {
        db.run("delete from etcd_snapshot");
        db.run("insert into app (key, value) select '/a/' || i, 'v' from generate_series(1, 25) i");
        db.dispatch();
        db.run("insert into etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
        assertThat(db.dispatch()).isZero();
        assertThat(db.number("select etcd_sweep(10)")).isEqualTo(10);
        assertThat(db.dispatch()).isEqualTo(10);
        assertThat(db.number("select etcd_sweep(10)")).isEqualTo(10);
        assertThat(db.dispatch()).isEqualTo(10);
        assertThat(db.number("select etcd_sweep(10)")).isEqualTo(5);
        assertThat(db.dispatch()).isEqualTo(5);
        assertThat(db.number("select etcd_sweep(10)")).isZero();
    }

    @Test
    void theSweepFindsWhatIsDue() {
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.dispatch();
        db.run("update etcd_mirror set next_action = 'send'");
        assertThat(db.dispatch()).isZero();
        assertThat(db.number("select etcd_sweep()")).isEqualTo(1);
        assertThat(db.dispatch()).isEqualTo(1);
    }

    @Test
    void whatIsDueToBeSentAgainGetsANewNumberAndTheBaseOfNow() {
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.dispatch();
        long first = last();
        db.run(
                "update etcd_mirror set next_action = 'probe'; insert into etcd_dispatch_queue (route, key) values ('app', '/a/1')");
        assertThat(sends(first)).isEmpty();
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.rows("select kind, send_number = ?, number > send_number from etcd_sends(?, 10)", first, first))
                .containsExactly("probe t t");
        assertThat(sends(0)).hasSize(2);

        long probe = last();
        db.run("update etcd_mirror set next_action = 'send', epoch = 13, revision = 44;"
                + " insert into etcd_dispatch_queue (route, key) values ('app', '/a/1')");
        assertThat(sends(0)).isEmpty();
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(sends(0)).containsExactly("change /a/1 put v 13 44");
        assertThat(last()).isGreaterThan(probe);
    }

    @Test
    void aHeldChangeKeepsItsKey() {
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'too large'");
        db.run("update app set value = 'w'");
        assertThat(db.dispatch()).isZero();
        assertThat(sends(0)).isEmpty();
        assertThat(db.rows("select value, status, reason from etcd_pending order by id"))
                .containsExactly("v held too large", "w waiting -");
    }

    /**
     * The base epoch of key 1 stays 9 although a snapshot has ended in epoch 10. The sink may have set aside the record that this snapshot has
     * of the key.
     */
    @Test
    void theBaseEpochOfARevisionIsTheOneInWhichItWasMirrored() {
        db.mirror("/a/1", "x", 9, 7);
        db.mirror("/a/2", "x", 11, 8);
        db.run("update app set value = 'y'");
        db.dispatch();
        assertThat(sends(0)).containsExactly("change /a/1 put y 9 7", "change /a/2 put y 11 8");
    }

    @Test
    void theBaseEpochOfAnAbsentKeyIsTheLaterOfMirrorAndSnapshot() {
        db.mirror("/a/1", null, 9, 7);
        db.mirror("/a/2", null, 11, 8);
        db.run("insert into app (key, value) values ('/a/1', 'y'), ('/a/2', 'y')");
        db.dispatch();
        assertThat(sends(0)).containsExactly("change /a/1 put y 10 0", "change /a/2 put y 11 0");
    }

    @Test
    void requestsAndConflictsAreNumberedInOneOrderWithTheSends() {
        long request = db.number("select etcd_resync('/a/x', '/a/y', 'app')");
        db.run(
                "insert into etcd_request (id, route, kind, epoch, reason) values (1, 'app', 'new_epoch', 10, 'contradiction')");
        db.run(
                "insert into etcd_conflict (route, key, change_id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision,"
                        + " won_epoch, won_revision, reason) values ('app', '/a/1', 5, 'put', 'mine', '1', 'me', now(), 77, 10, 3, 10, 4,"
                        + " 'changed in etcd')");
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        assertThat(db.dispatch()).isEqualTo(4);
        assertThat(db.rows(
                        "select kind, coalesce(key, after_key || '..' || through_key), coalesce(send_number, request_id), base_epoch, won_revision"
                                + " from etcd_sends(0, 10)"))
                .containsExactly(
                        "conflict /a/1 77 10 4",
                        "new_epoch .. 1 10 -",
                        "request /a/x../a/y " + request + " 0 -",
                        "change /a/1 - 10 -");
        assertThat(db.rows("select number - lag(number) over (order by number) from etcd_sends(0, 10)"))
                .containsExactly("-", "1", "1", "1");
        assertThat(db.rows("select kind from etcd_sends(0, 2)")).containsExactly("conflict", "new_epoch");
    }

    @Test
    void whatIsReadAtATimeIsBounded() {
        for (int i = 1; i <= 4; i++) {
            db.rows("insert into app (key, value) values (?, repeat('v', 1000)) returning 1", "/a/" + i);
        }
        db.dispatch();
        assertThat(db.rows("select key from etcd_sends(0, 1000, 1)")).containsExactly("/a/1");
        assertThat(db.rows("select key from etcd_sends(0, 1000, 2000)")).containsExactly("/a/1", "/a/2");
        assertThat(db.rows("select key from etcd_sends(0, 3, 1000000)")).containsExactly("/a/1", "/a/2", "/a/3");
    }

    @Test
    void numbersGoOnBehindWhatTheSourceRemembers() {
        db.run("select etcd_raise_last_number(5000000000000000)");
        db.run("select etcd_raise_last_number(4000000000000000)");
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.dispatch();
        assertThat(db.one("select number from etcd_sends(0, 10)")).isEqualTo("5000000000000001");
    }

    @Test
    void aDatabaseLoadedIntoAnotherClusterIsLookedAtFromTheBeginning() {
        db.run("update etcd_dispatch_state set scanned_snapshot = '9000000:9000000:'");
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        assertThat(db.dispatch()).isEqualTo(1);
        db.run("insert into app (key, value) values ('/a/2', 'v')");
        assertThat(db.dispatch()).isEqualTo(1);
    }

    @Test
    void twoDispatchersTakeTurns() {
        db.run("insert into app (key, value) values ('/a/1', 'v')");
        db.begin();
        assertThat(db.dispatch()).isEqualTo(1);
        try (Db other = db.another()) {
            other.run("set statement_timeout = '200ms'");
            assertThatThrownBy(other::dispatch).hasMessageContaining("57014");
            db.commit();
            other.run("reset statement_timeout");
            assertThat(other.dispatch()).isZero();
        }
    }

    /**
     * Dispatch and an application lock the same rows in opposite orders. Dispatch skips locked rows and does not wait, so neither becomes the
     * victim of a deadlock.
     */
    @Test
    void anApplicationThatHoldsRowsIsNeverWaitedFor() {
        db.mirror("/a/1", "x", 10, 7);
        db.mirror("/a/2", "y", 10, 8);
        db.run("update app set value = value || '!'");
        db.run("update app set value = rtrim(value, '!')");
        try (Db app = db.another()) {
            app.begin();
            app.run("update app set value = 'held' where key = '/a/2'");
            db.begin();
            assertThat(db.one("select * from etcd_dispatch(1000, 1)")).isEqualTo("0 f 1");
            // The application waits for the row that dispatch has locked. Dispatch never waits for the application.
            app.run("set local lock_timeout = '100ms'");
            assertThatThrownBy(() -> app.run("update app set value = 'held' where key = '/a/1'"))
                    .hasMessageContaining("55P03");
            db.commit();
            app.rollback();
        }
        assertThat(db.dispatch(1000, 1)).isZero();
        assertThat(db.wal()).isEmpty();
    }

    /** Dispatch writes the revisions of etcd into a row that agrees with etcd again. This update runs the application's trigger. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "raise exception 'no'",
                "assert false, 'no'",
                "perform currval('public.never_used')",
                "raise exception 'no' using errcode = '40002'"
            })
    void whatAnApplicationsTriggerRefusesDoesNotStopDispatch(String refusal) {
        agreesAgain("/a/1", "/a/2", "/a/3");
        db.run("create sequence public.never_used");
        trigger("new.key = '/a/2'", refusal);
        db.run("insert into app (key, value) values ('/a/4', 'new')");
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/4 put new 0");
        assertThat(db.wal()).containsExactly("/a/4 put new");
        assertThat(db.rows("select * from etcd_differences('app')")).containsExactly("/a/2 other revisions or lease");
    }

    @Test
    void whomAnApplicationsTriggerWaitsForDoesNotStopDispatch() {
        db.mirror("/a/held", "x", 10, 6);
        agreesAgain("/a/1", "/a/2", "/a/3");
        trigger("new.key = '/a/2'", "update app set value = 'touched' where key = '/a/held'");
        try (Db app = db.another()) {
            app.begin();
            app.run("select from app where key = '/a/held' for update");
            db.run("insert into app (key, value) values ('/a/4', 'new')");
            assertThat(db.one("select * from etcd_dispatch(1000, 1)")).isEqualTo("1 f 1");
            assertThat(db.pending())
                    .filteredOn(change -> change.startsWith("/a/2"))
                    .hasSize(2);
            app.rollback();
        }
        db.dispatch();
        assertThat(db.inflight()).containsExactlyInAnyOrder("/a/4 put new 0");
        db.dispatch();
        assertThat(db.inflight()).containsExactlyInAnyOrder("/a/4 put new 0", "/a/held put touched 6");
        assertThat(db.rows("select key from etcd_differences('app')")).isEmpty();
    }

    /**
     * The application waits for a row that dispatch has locked, and looks for a deadlock after deadlock_timeout. The application must not find
     * a deadlock.
     */
    @Test
    void anApplicationIsNotTheVictimOfWhatItsTriggersWaitForInDispatch() throws Exception {
        db.run("alter database " + db.database + " set deadlock_timeout = '200ms'");
        db.mirror("/a/held", "x", 10, 6);
        String[] keys = IntStream.range(0, 60).mapToObj(i -> "/a/" + i).toArray(String[]::new);
        agreesAgain(keys);
        trigger("new.key <> '/a/held'", "update app set value = 'touched' where key = '/a/held'");
        try (Db app = db.another();
                Db source = db.another()) {
            app.begin();
            app.run("select from app where key = '/a/held' for update");
            CompletableFuture<String> dispatched =
                    CompletableFuture.supplyAsync(() -> source.one("select * from etcd_dispatch(1000, 1)"));
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> dispatched.isDone()
                            || db.rows("select from app where key = '/a/7' for update skip locked")
                                    .isEmpty());
            for (String key : keys) {
                app.run("update app set value = 'mine' where key = '" + key + "'");
            }
            app.commit();
            assertThat(dispatched.get(10, TimeUnit.SECONDS)).isEqualTo("0 f 60");
        }
    }

    @Test
    void slowTriggersOfAnApplicationDoNotKeepItsRowsFromItForLong() {
        db.run("alter database " + db.database + " set deadlock_timeout = '200ms'");
        agreesAgain(IntStream.range(0, 60).mapToObj(i -> "/a/" + i).toArray(String[]::new));
        trigger("true", "perform pg_sleep(0.01)");
        try (Db source = db.another()) {
            int calls = 0;
            while (!db.wal().isEmpty()) {
                source.run("select * from etcd_dispatch(1000, 1)");
                assertThat(++calls).isLessThanOrEqualTo(60);
            }
            assertThat(calls).isGreaterThan(2);
        }
        assertThat(db.rows("select key from etcd_differences('app')")).isEmpty();
    }

    /** An error of these classes does not depend on the row. Dispatch tries the row again. */
    @ParameterizedTest
    @ValueSource(strings = {"40001", "53100", "55006", "55P03", "57014", "57P03", "58030"})
    void whatGoesAwayIsNotTakenForARefusal(String state) {
        agreesAgain("/a/1", "/a/2");
        db.run("create table public.fails (code text); insert into public.fails values ('" + state + "')");
        trigger(
                "new.key = '/a/2' and exists (select from public.fails)",
                "raise exception 'no' using errcode = '" + state + "'");
        assertThat(db.one("select * from etcd_dispatch(1000, 1)")).isEqualTo("0 f 1");
        assertThat(db.wal()).hasSize(2).allMatch(change -> change.startsWith("/a/2 "));
        db.run("delete from public.fails");
        db.dispatch();
        assertThat(db.wal()).isEmpty();
        assertThat(db.rows("select key from etcd_differences('app')")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"share", "access exclusive"})
    void aTableThatIsLockedAsAWholeIsNotWaitedFor(String mode) {
        db.mirror("/a/1", "x", 10, 6);
        db.run("update app set value = 'y'");
        try (Db operator = db.another()) {
            operator.begin();
            operator.run("lock table app in " + mode + " mode");
            assertThat(db.one("select * from etcd_dispatch(1000, 10)")).isEqualTo("0 f 1");
            operator.commit();
        }
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/1 put y 6");
    }

    /** Mirrors keys, deletes their rows and inserts the same values again. The new rows do not have the revisions of etcd. */
    private void agreesAgain(String... keys) {
        for (String key : keys) {
            db.mirror(key, "x", 10, 7);
            db.begin();
            db.run("delete from app where key = '" + key + "'");
            db.run("insert into app (key, value) values ('" + key + "', 'x')");
            db.commit();
        }
    }

    private void trigger(String condition, String body) {
        db.run("create function application() returns trigger language plpgsql as $$ begin if " + condition + " then "
                + body + "; end if; return new; end $$; create trigger application before update on app for each row"
                + " execute function application()");
    }
}
