package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PostgresVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the rules of the protocol with a task and a real PostgreSQL. */
class RulesIT {

    private final Postgres postgres = Postgres.shared(version());

    PostgresVersion version() {
        return PostgresVersion.HIGH;
    }

    @Test
    void putsUpdatesAndDeletesBecomeRowsAndHistory() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@6");
            b.put(b.event("/k/a", "2", 7, 5, 2, 0), b.event("/k/b", null, 8));
            assertThat(b.table()).containsExactly("/k/a=2@7");
            assertThat(b.rows("select create_revision || ' ' || version || ' ' || lease from public.etcd"))
                    .containsExactly("5 2 0");
            assertThat(b.history())
                    .containsExactly(
                            "/k/a put 1@1000.5 etcd",
                            "/k/b put 1@1000.6 etcd",
                            "/k/a put 2@1000.7 etcd",
                            "/k/b delete@1000.8 etcd");
            assertThat(b.pending()).isEmpty();
            assertThat(b.task.preCommit(Map.of()).get(Bench.PARTITION).offset()).isEqualTo(4);
        }
    }

    @Test
    void severalEventsOfAKeyInOneBatchAreFolded() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6), b.event("/k/a", null, 7), b.event("/k/a", "4", 8));
            assertThat(b.table()).containsExactly("/k/a=4@8");
            assertThat(b.history()).hasSize(4);
        }
    }

    /** The table has rows when its route is installed: equal to etcd, different from etcd, unknown to etcd. */
    @ParameterizedTest
    @CsvSource({"etcd-wins, theirs@6, /k/differs", "postgres-wins, mine@0, ''", "manual, mine@0, ''"})
    void existingRowsThatEtcdHasAreConfirmed(String policy, String differs, String lost) {
        try (Bench b = new Bench(postgres, "conflict.policy", policy)) {
            existingRows(b);
            assertThat(b.table()).containsExactly("/k/differs=" + differs, "/k/equal=same@5", "/k/only=new@0");
            assertThat(b.rows("select key from etcd_sync.etcd_conflict"))
                    .isEqualTo(lost.isEmpty() ? List.of() : List.of(lost));
            assertThat(b.rows("select key from etcd_sync.etcd_pending where key <> '/k/differs'"))
                    .containsExactly("/k/only");
            assertThat(b.history()).contains("/k/equal put same@1000.5 etcd snapshot");
        }
    }

    /** The first value never reached etcd, so it must be reported. */
    @Test
    void aChangeBeforeTheEqualOneIsNotConfirmed() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'first')");
            b.sql("update public.etcd set value = 'second'");
            b.put(b.event("/k/a", "second", 5));
            assertThat(b.table()).containsExactly("/k/a=second@5");
            assertThat(b.pending()).isEmpty();
            assertThat(b.rows("select value from etcd_sync.etcd_conflict order by id"))
                    .containsExactly("first", "second");
        }
    }

    @Test
    void equalChangesOfOneTransactionAreConfirmed() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("begin; insert into public.etcd (key, value) values ('/k/a', 'first');"
                    + " update public.etcd set value = 'second'; commit");
            b.put(b.event("/k/a", "second", 5));
            assertThat(b.table()).containsExactly("/k/a=second@5");
            assertThat(b.pending()).isEmpty();
            assertThat(b.rows("select value from etcd_sync.etcd_conflict")).isEmpty();
        }
    }

    @Test
    void existingRowsMayBeIgnored() {
        try (Bench b = new Bench(postgres, "existing.rows", "ignore")) {
            existingRows(b);
            assertThat(b.table()).containsExactly("/k/differs=theirs@6", "/k/equal=same@5", "/k/only=new@0");
            assertThat(b.pending()).isEmpty();
            assertThat(b.rows("select key from etcd_sync.etcd_conflict")).isEmpty();
            assertThat(b.rows("select key || ' ' || difference from etcd_sync.etcd_differences('etcd')"))
                    .containsExactly("/k/only row without a key in etcd");
        }
    }

    private static void existingRows(Bench b) {
        b.sql("select etcd_sync.etcd_uninstall('etcd')");
        b.sql(
                "insert into public.etcd (key, value) values ('/k/equal', 'same'), ('/k/differs', 'mine'), ('/k/only', 'new')");
        b.crash();
        b.put(
                b.snapshot("/k/differs", "theirs", 6, 9),
                b.snapshot("/k/equal", "same", 5, 9),
                b.manifest(9, "/k/differs", "/k/equal"),
                b.end(9, 0));
    }

    @Test
    void theSameChangeOnBothSidesIsNoConflict() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            b.sql("update public.etcd set value = '2' where key = '/k/a'");
            b.sql("delete from public.etcd where key = '/k/b'");
            b.put(b.event("/k/a", "2", 7, 5, 2, 0), b.event("/k/b", null, 8));
            assertThat(b.table()).containsExactly("/k/a=2@7");
            assertThat(b.pending()).isEmpty();
            assertThat(b.rows("select key from etcd_sync.etcd_conflict")).isEmpty();
        }
    }

    /** The sink sees it at its start, before it judges an event. */
    @Test
    void aSequenceBehindItsRowsIsRaisedAndNoChangeIsOverwritten() {
        try (Bench b = new Bench(postgres)) {
            b.ready();
            b.put(b.event("/k/a", "1", 5));
            b.sql("update etcd_sync.etcd_mirror set settled_id = 100");
            b.sql("update public.etcd set value = 'mine'");
            b.crash();
            b.put(b.event("/k/a", "theirs", 6));
            assertThat(b.table()).containsExactly("/k/a=theirs@6");
            assertThat(b.rows("select value from etcd_sync.etcd_conflict")).containsExactly("mine");
        }
    }

    /** etcd has compacted revisions 6 to 16. */
    @Test
    void theHistorySaysWhichRevisionsASnapshotHasPassedOver() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            b.put(
                    b.event("/k/a", "4", 17, 5, 4, 20),
                    b.snapshot("/k/b", "1", 6, 20),
                    b.manifest(20, "/k/a", "/k/b"),
                    b.end(20, 0));
            assertThat(b.rows("select epoch || '.' || revision from etcd_sync.etcd_first_snapshot"))
                    .containsExactly("1000.1");
            assertThat(b.rows("select coalesce(value, note) from etcd_sync.etcd_log('/k/a')"))
                    .containsExactly(
                            "1",
                            "revisions between 5 and 17 may be missing: etcd had compacted them, or their records were lost",
                            "4");
            assertThat(b.rows("select key || '=' || value || ' ' || complete from etcd_sync.etcd_at('/k/', 16)"))
                    .containsExactly("/k/a=1 false", "/k/b=1 true");
            assertThat(b.rows("select key || '=' || value || ' ' || complete from etcd_sync.etcd_at('/k/')"))
                    .containsExactly("/k/a=4 true", "/k/b=1 true");
        }
    }

    /** The first snapshot of a part is not the first one of its keys. A new epoch has a first snapshot of its own. */
    @Test
    void theFirstSnapshotOfEachEpochIsRemembered() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.end(7, 0, "/k/a", "/k/m"), b.end(8, 0));
            assertThat(b.rows("select epoch || '.' || revision from etcd_sync.etcd_first_snapshot"))
                    .containsExactly("1000.1");
            b.epoch = 2000;
            b.put(b.end(4, 0, "/k/a", "/k/m"), b.end(6, 0, "/k/m", ""));
            assertThat(b.rows("select epoch || '.' || revision from etcd_sync.etcd_first_snapshot order by 1"))
                    .containsExactly("1000.1", "2000.4", "2000.6");
        }
    }

    /** A failover to a logical replica sets the sequences back while the task runs. */
    @Test
    void sequencesAreLookedAtWithEachConnection() {
        try (Bench b = new Bench(postgres)) {
            b.ready();
            b.put(b.event("/k/a", "1", 5));
            b.sql("update etcd_sync.etcd_mirror set settled_id = 100");
            b.sql("update public.etcd set value = 'mine'");
            b.disconnect();
            b.putUntilDone(b.event("/k/a", "theirs", 6));
            assertThat(b.table()).containsExactly("/k/a=theirs@6");
            assertThat(b.rows("select value from etcd_sync.etcd_conflict")).containsExactly("mine");
        }
    }

    @Test
    void appliedEventsAreSkipped() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "2", 6));
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6));
            assertThat(b.table()).containsExactly("/k/a=2@6");
            assertThat(b.history()).hasSize(1);
        }
    }

    @Test
    void anEventWithTheValueInFlightConfirmsTheChange() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.history()).containsExactly("/k/a put 1@1000.5 local");
            assertThat(b.rows("select author from etcd_sync.etcd_history")).containsExactly(b.postgres.user());
            assertThat(b.pending()).isEmpty();
            assertThat(b.flight("/k/a")).isEqualTo("- -");
        }
    }

    @Test
    void theEventOfAnEarlierChangeDoesNotSetTheRowBack() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.sql("update public.etcd set value = '2'");
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.table()).containsExactly("/k/a=2@0");
            assertThat(b.pending()).containsExactly("/k/a put 2");
            assertThat(b.rows("select key from etcd_sync.etcd_dispatch_queue")).containsExactly("/k/a");
            b.dispatch();
            assertThat(b.rows("select base_epoch || '.' || base_revision from etcd_sync.etcd_mirror"))
                    .containsExactly("1000.5");
            b.put(b.event("/k/a", "2", 6, 5, 2, 0));
            assertThat(b.table()).containsExactly("/k/a=2@6");
            assertThat(b.pending()).isEmpty();
        }
    }

    @Test
    void aConfirmedInsertDoesNotRestoreARowThatWasDeletedSince() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.sql("delete from public.etcd");
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.table()).isEmpty();
            assertThat(b.pending()).containsExactly("/k/a delete");
            b.dispatch();
            b.put(b.event("/k/a", null, 6));
            assertThat(b.table()).isEmpty();
            assertThat(b.pending()).isEmpty();
            assertThat(b.history()).containsExactly("/k/a put 1@1000.5 local", "/k/a delete@1000.6 local");
        }
    }

    @Test
    void aForeignEventWinsAndPendingChangesBecomeConflicts() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.sql("update public.etcd set value = '2'");
            b.put(b.event("/k/a", "x", 5));
            assertThat(b.table()).containsExactly("/k/a=x@5");
            assertThat(b.conflicts()).containsExactly("/k/a put 1 lost to 5", "/k/a put 2 lost to 5");
            assertThat(b.rows("select send_number is not null from etcd_sync.etcd_conflict order by id"))
                    .containsExactly("t", "f");
            assertThat(
                            b.rows(
                                    "select settled_id = (select max(change_id) from etcd_sync.etcd_conflict) from etcd_sync.etcd_mirror"))
                    .containsExactly("t");
            assertThat(b.pending()).isEmpty();
        }
    }

    @Test
    void aForeignPutRestoresARowThatWasDeletedLocally() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("delete from public.etcd");
            b.dispatch();
            b.put(b.event("/k/a", "x", 6, 5, 2, 0));
            assertThat(b.table()).containsExactly("/k/a=x@6");
            assertThat(b.conflicts()).containsExactly("/k/a delete lost to 6");
        }
    }

    @Test
    void aForeignDeleteRemovesARowThatWasChangedLocally() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = '2'");
            b.put(b.event("/k/a", null, 6));
            assertThat(b.table()).isEmpty();
            assertThat(b.conflicts()).containsExactly("/k/a put 2 lost to 6");
            assertThat(b.rows("select base_revision || ' ' || (send_number is null) from etcd_sync.etcd_conflict"))
                    .containsExactly("5 true");
        }
    }

    @Test
    void theSameValueAgainIsNoConflict() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = '2'");
            b.dispatch();
            b.put(b.event("/k/a", "1", 6, 5, 2, 0));
            assertThat(b.table()).containsExactly("/k/a=2@5");
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
            b.dispatch();
            assertThat(b.rows("select base_revision from etcd_sync.etcd_mirror"))
                    .containsExactly("6");
            b.put(b.event("/k/a", "2", 7, 5, 3, 0));
            assertThat(b.table()).containsExactly("/k/a=2@7");
            assertThat(b.conflicts()).isEmpty();
        }
    }

    @Test
    void aChangeFromAnOlderEpochIsSentAgain() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = '2'");
            b.dispatch();
            b.epoch++;
            b.put(b.snapshot("/k/a", "1", 5, 9), b.manifest(9, "/k/a"), b.end(9, 0));
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
            assertThat(b.table()).containsExactly("/k/a=2@5");
            b.dispatch();
            assertThat(b.rows("select base_epoch || '.' || base_revision from etcd_sync.etcd_mirror"))
                    .containsExactly("1001.5");
        }
    }

    @Test
    void postgresWins() {
        try (Bench b = new Bench(postgres, "conflict.policy", "postgres-wins").ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.put(b.event("/k/a", "x", 5));
            assertThat(b.table()).containsExactly("/k/a=1@0");
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
            assertThat(b.history()).containsExactly("/k/a put x@1000.5 etcd");
            b.dispatch();
            b.put(b.event("/k/a", "1", 6, 5, 2, 0));
            assertThat(b.table()).containsExactly("/k/a=1@6");
            assertThat(b.conflicts()).isEmpty();
        }
    }

    @Test
    void manualHoldsUntilResolved() {
        try (Bench b = new Bench(postgres, "conflict.policy", "manual").ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1'), ('/k/b', '1')");
            b.dispatch();
            b.sql("insert into public.etcd (key, value) values ('/k/c', '1')");
            b.sql("update public.etcd set value = '2' where key = '/k/c'");
            b.put(b.event("/k/a", "x", 5), b.event("/k/b", "x", 6), b.event("/k/c", "x", 7));
            assertThat(b.table()).containsExactly("/k/a=1@0", "/k/b=1@0", "/k/c=2@0");
            assertThat(b.flight("/k/a")).isEqualTo("held -");
            assertThat(b.flight("/k/c")).isEqualTo("held -");
            assertThat(b.rows("select sent_value || ' ' || reason from etcd_sync.etcd_mirror where key = '/k/c'"))
                    .containsExactly("2 etcd was changed at 1000.7");
            b.rows("select etcd_sync.etcd_resolve('/k/a', 'etcd')");
            b.rows("select etcd_sync.etcd_resolve('/k/b', 'postgres')");
            b.dispatch();
            assertThat(b.table()).contains("/k/a=x@5");
            b.put(b.event("/k/b", "1", 8, 6, 2, 0));
            assertThat(b.table()).contains("/k/b=1@8");
        }
    }

    @Test
    void answers() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            long send = b.send("/k/a");
            b.put(b.answer("/k/a", send - 1, Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            b.put(b.answer("/k/a", send, Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
            b.put(b.answer("/k/a", send, Outcome.FAILED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
            b.dispatch();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.FAILED));
            assertThat(b.flight("/k/a")).isEqualTo("held -");
            assertThat(b.rows("select reason from etcd_sync.etcd_mirror")).containsExactly("failed");
        }
    }

    @Test
    void aProcessedChangeThatWasOverwrittenUnseenIsLost() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("delete from public.etcd");
            b.dispatch();
            b.put(b.snapshot("/k/a", "1", 8, 9), b.manifest(9, "/k/a"));
            assertThat(b.flight("/k/a")).isEqualTo("inflight probe");
            b.dispatch();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.PROCESSED));
            assertThat(b.table()).containsExactly("/k/a=1@8");
            assertThat(b.conflicts()).containsExactly("/k/a delete lost to 8");
        }
    }

    @Test
    void aProcessedInsertWhoseKeyIsAbsentAgainIsLost() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.put(b.manifest(9));
            b.dispatch();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.PROCESSED));
            assertThat(b.table()).isEmpty();
            assertThat(b.conflicts()).hasSize(1);
        }
    }

    /** For example, a copy of the database has used the number of the change. Earlier, the change was reported as lost. */
    @ParameterizedTest
    @ValueSource(strings = {"etcd-wins", "postgres-wins", "manual"})
    void aProcessedChangeWhoseBaseIsStillMirroredIsHeld(String policy) {
        try (Bench b = new Bench(postgres, "conflict.policy", policy).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = 'mine'");
            b.dispatch();
            b.put(b.snapshot("/k/a", "1", 5, 9), b.manifest(9, "/k/a"));
            assertThat(b.flight("/k/a")).isEqualTo("inflight probe");
            b.dispatch();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.PROCESSED));
            assertThat(b.flight("/k/a")).isEqualTo("held -");
            assertThat(b.table()).containsExactly("/k/a=mine@5");
            assertThat(b.conflicts()).isEmpty();
            assertThat(b.one("select reason from etcd_sync.etcd_pending")).contains("contradiction", "copy", "1000.5");
            b.rows("select etcd_sync.etcd_resolve('/k/a', 'postgres')");
            b.dispatch();
            b.put(b.event("/k/a", "mine", 10));
            assertThat(b.table()).containsExactly("/k/a=mine@10");
            assertThat(b.pending()).isEmpty();
        }
    }

    @Test
    void aRefusalOnTheMirroredRevisionRequestsANewEpoch() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = '2'");
            b.dispatch();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED));
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            assertThat(b.rows("select kind || ' ' || epoch from etcd_sync.etcd_request"))
                    .containsExactly("new_epoch 1000");
            b.epoch++;
            b.put(b.snapshot("/k/a", "1", 3, 9), b.manifest(9, "/k/a"), b.end(9, 0));
            assertThat(b.rows("select kind from etcd_sync.etcd_request")).isEmpty();
            assertThat(b.flight("/k/a")).isEqualTo("inflight send");
        }
    }

    @Test
    void aSnapshotThatContradictsTheMirrorRequestsANewEpoch() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 7));
            b.put(b.snapshot("/k/a", "1", 5, 9));
            assertThat(b.rows("select kind || ' ' || epoch from etcd_sync.etcd_request"))
                    .containsExactly("new_epoch 1000");
            assertThat(b.table()).containsExactly("/k/a=2@7");
        }
    }

    @Test
    void aSnapshotOlderThanTheLastAppliedRevisionIsNoContradiction() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 11));
            b.put(b.snapshot("/k/a", "1", 5, 9), b.manifest(9, "/k/a"));
            assertThat(b.rows("select kind from etcd_sync.etcd_request")).isEmpty();
            assertThat(b.table()).containsExactly("/k/a=2@11");
        }
    }

    @Test
    void aManifestDeletesTheKeysThatItDoesNotList() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/new", "1", 12));
            b.sql("insert into public.etcd (key, value) values ('/k/c', '1'), ('/k/d', '1')");
            b.dispatch();
            b.sql("insert into public.etcd (key, value) values ('/k/e', '1')");
            b.put(b.manifest(10, "/k/b"));
            assertThat(b.table()).containsExactly("/k/b=1@6", "/k/c=1@0", "/k/d=1@0", "/k/e=1@0", "/k/new=1@12");
            assertThat(b.history()).contains("/k/a delete@1000.10 etcd snapshot");
            assertThat(b.flight("/k/c")).isEqualTo("inflight probe");
            assertThat(b.conflicts()).isEmpty();
        }
    }

    @Test
    void anUnrepresentableValueHasNoRowAndIsForeign() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("update public.etcd set value = '2'");
            b.put(b.unrepresentable("/k/a", 6));
            assertThat(b.table()).isEmpty();
            assertThat(b.conflicts()).containsExactly("/k/a put 2 lost to 6");
            assertThat(b.history()).contains("/k/a unrepresentable@1000.6 etcd");
            assertThat(b.rows("select revision || ' ' || unrepresentable from etcd_sync.etcd_mirror"))
                    .containsExactly("6 true");
            b.put(b.event("/k/a", "3", 7, 5, 3, 0));
            assertThat(b.table()).containsExactly("/k/a=3@7");
        }
    }

    @Test
    void aLostInsertThatArrivesAfterADeletionIsMarked() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'mine')");
            b.dispatch();
            b.put(b.event("/k/a", "theirs", 5));
            b.put(b.event("/k/a", null, 6));
            b.put(b.event("/k/a", "mine", 7));
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5 late");
            assertThat(b.table()).containsExactly("/k/a=mine@7");
        }
    }

    @Test
    void aLostInsertInOneBatchWithAnotherInsertIsMarked() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'mine')");
            b.dispatch();
            b.put(
                    b.event("/k/a", "theirs", 5),
                    b.event("/k/a", null, 6),
                    b.event("/k/a", "theirs again", 7),
                    b.event("/k/a", null, 8),
                    b.event("/k/a", "mine", 9));
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5 late");
            assertThat(b.table()).containsExactly("/k/a=mine@9");
        }
    }

    /** Another writer put the same value in etcd. The change lost to this event, so it was not applied late. */
    @Test
    void theWinningEventDoesNotMarkTheLostChange() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'mine')");
            b.dispatch();
            b.put(b.event("/k/a", "theirs", 5));
            b.put(b.event("/k/a", null, 6));
            b.sql("insert into public.etcd (key, value) values ('/k/a', 'same');"
                    + " update public.etcd set value = 'other' where key = '/k/a'");
            b.dispatch();
            b.put(b.event("/k/a", "same", 7));
            assertThat(b.conflicts())
                    .containsExactly("/k/a put mine lost to 5", "/k/a put same lost to 7", "/k/a put other lost to 7");
            assertThat(b.table()).containsExactly("/k/a=same@7");
        }
    }

    @Test
    void anEndMarkEnqueuesThePendingChangesOfItsRange() {
        try (Bench b = new Bench(postgres)) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            assertThat(b.flight("/k/a")).isNull();
            b.put(b.manifest(3), b.end(3, 0));
            b.dispatch();
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            assertThat(b.rows("select base_epoch || '.' || base_revision from etcd_sync.etcd_mirror"))
                    .containsExactly("1000.0");
            assertThat(
                            b.rows(
                                    "select partition || ' ' || epoch || ' ' || revision || ' ' || partitions from etcd_sync.etcd_snapshot"))
                    .containsExactly("0 1000 3 1");
        }
    }

    @Test
    void aManifestConcernsOnlyItsPageAndPartition() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/c", "1", 7), b.event("/k/d", "1", 8));
            b.put(b.page(9, "/k/a", "/k/c", 1, "/k/b"));
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@6", "/k/d=1@8");
            b.put(b.page(10, "/k/b", "", 1, "/k/d"));
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@6", "/k/d=1@8");
            b.put(b.page(11, "", "", 1_000_000));
            assertThat(b.table()).hasSize(3);
            b.put(b.page(12, "/k/a", "", 1));
            assertThat(b.table()).containsExactly("/k/a=1@5");
        }
    }
}
