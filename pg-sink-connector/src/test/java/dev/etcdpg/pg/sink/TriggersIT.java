package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.servers.Postgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests triggers and constraints of an application that run in the sink's transactions: they wait, refuse or suppress rows, or are slow. */
class TriggersIT {

    private static final String TOUCH_B = "update public.etcd set value = 'touched' where key = '/k/b'";

    private final Postgres postgres = Postgres.shared();

    @Test
    void aLockThatATriggerNeedsIsAwaitedOutsideTheTransaction() throws Exception {
        try (Bench b = new Bench(postgres)) {
            b.put(
                    b.event("/k/a", "1", 5),
                    b.event("/k/b", "1", 6),
                    b.event("/k/c", "1", 7),
                    b.event("/k/total", "1", 8));
            trigger(
                    b,
                    "after update",
                    "old.key = '/k/b'",
                    "update public.etcd set value = 'touched' where key = '/k/total'");
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "update public.etcd set value = 'mine' where key = '/k/total'");
                b.putUntilDone(b.event("/k/a", "2", 9), b.event("/k/b", "2", 10), b.event("/k/c", "2", 11));
                await().until(() -> {
                    b.idle();
                    return b.table().contains("/k/c=2@11");
                });
                assertThat(b.table()).containsExactly("/k/a=2@9", "/k/b=1@6", "/k/c=2@11", "/k/total=1@8");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return b.table().contains("/k/b=2@10");
            });
            assertThat(b.pending()).containsExactly("/k/total put mine", "/k/total put touched");
            assertThat(b.context.deadLetters()).isEmpty();
        }
    }

    /** The application waits first, so it would look for a deadlock first. */
    @Test
    void anApplicationIsNotTheVictimOfItsTriggerInTheSink() throws Exception {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/total", "1", 7));
            trigger(
                    b,
                    "after update",
                    "old.key = '/k/b'",
                    "perform pg_sleep(0.5); update public.etcd set value = 'x' where key = '/k/total'");
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "update public.etcd set value = 'mine' where key = '/k/total'");
                CompletableFuture<Void> done = new CompletableFuture<>();
                b.put();
                Thread application = new Thread(() -> {
                    try {
                        awaitSinkInTrigger(b);
                        run(app, "update public.etcd set value = 'mine' where key = '/k/a'");
                        run(app, "commit");
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                });
                application.start();
                b.putUntilDone(b.event("/k/a", "2", 8), b.event("/k/b", "2", 9));
                await().pollInterval(Duration.ofMillis(1)).until(() -> {
                    b.idle();
                    return done.isDone();
                });
                done.get(1, TimeUnit.SECONDS);
            }
            assertThat(b.one("select deadlocks from pg_stat_database where datname = current_database()"))
                    .isEqualTo("0");
        }
    }

    private static void awaitSinkInTrigger(Bench b) {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> b.one(
                                "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")
                        != null);
    }

    /** Earlier, the sink took the trigger's change of an inserted row for older than the event. The change was lost, but the row kept it. */
    @Test
    void aTriggerThatUpdatesTheSameRowMakesALocalChange() {
        try (Bench b = new Bench(postgres).ready()) {
            trigger(
                    b,
                    "after insert or update",
                    "new.value <> upper(new.value)",
                    "update public.etcd set value = upper(value) where key = new.key");
            b.put(b.event("/k/a", "one", 5));
            assertThat(b.table()).containsExactly("/k/a=ONE@5");
            assertThat(b.pending()).containsExactly("/k/a put ONE");
            b.dispatch();
            b.put(b.event("/k/a", "ONE", 6), b.event("/k/a", "two", 7));
            assertThat(b.table()).containsExactly("/k/a=TWO@7");
            assertThat(b.pending()).containsExactly("/k/a put TWO");
            b.dispatch();
            b.put(b.event("/k/a", "TWO", 8));
            assertThat(b.table()).containsExactly("/k/a=TWO@8");
            assertThat(b.pending()).isEmpty();
            assertThat(b.conflicts()).isEmpty();
        }
    }

    @Test
    void anUpdateOrDeletionThatATriggerSuppressesIsADeadLetter() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/c", "1", 7), b.event("/k/d", "1", 8));
            trigger(b, "before update or delete", "old.key in ('/k/b', '/k/c')", "return null");
            b.put(
                    b.event("/k/a", "2", 9),
                    b.event("/k/b", "2", 10),
                    b.event("/k/c", null, 11),
                    b.event("/k/d", null, 12));
            awaitNothingDeferred(b);
            assertThat(b.table()).containsExactly("/k/a=2@9", "/k/b=1@6", "/k/c=1@7");
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).containsExactly("/k/b", "/k/c");
        }
    }

    /** Earlier, each round found only the first of them. */
    @Test
    void manySuppressedRowsAreDeadLettersInAFewRounds() {
        try (Bench b = new Bench(postgres)) {
            trigger(b, "before insert", "new.key like '/k/no%'", "return null");
            List<SinkRecord> records = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                records.add(b.event("/k/no" + i, "1", 5 + 2 * i));
                records.add(b.event("/k/yes" + i, "1", 6 + 2 * i));
            }
            b.put(records.toArray(SinkRecord[]::new));
            int rounds = 0;
            while (b.context.deadLetters().size() < 20) {
                assertThat(++rounds).isLessThan(10);
                b.idle();
            }
            assertThat(b.table()).hasSize(20).allMatch(row -> row.startsWith("/k/yes"));
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).doesNotHaveDuplicates();
        }
    }

    @Test
    void anErrorWithASqlstateOfTheApplicationIsADeadLetter() {
        try (Bench b = new Bench(postgres)) {
            trigger(b, "before insert", "new.key = '/k/b'", "raise exception 'closed' using errcode = 'AB123'");
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            awaitNothingDeferred(b);
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).containsExactly("/k/b");
            assertThat(b.context
                            .deadLetters()
                            .get(0)
                            .headers()
                            .lastWithName("etcdpg.reason")
                            .value()
                            .toString())
                    .contains("closed")
                    .contains("AB123");
        }
    }

    /** PostgreSQL refuses a statement that changes both rows (27000). Each row can be written alone. */
    @Test
    void aTriggerMayUpdateAnotherRowOfTheSameBatchFirst() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            trigger(
                    b,
                    "before update",
                    "old.key = '/k/a'",
                    "update public.etcd set value = 'touched' where key = '/k/b'");
            b.put(b.event("/k/a", "2", 7), b.event("/k/b", "2", 8));
            awaitNothingDeferred(b);
            assertThat(b.table()).contains("/k/a=2@7");
            assertThat(b.context.deadLetters()).isEmpty();
            assertThat(b.rows("select value from etcd_sync.etcd_history where key = '/k/b' order by revision"))
                    .containsExactly("1", "2");
            awaitOutcomeOfTouched(b);
        }
    }

    /** The trigger's write is a local change and must get an outcome, whatever the sink then does with the row. */
    @Test
    void anUpdateByAnInsertTriggerLosesToTheEventOfItsRow() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/b", "1", 5));
            trigger(b, "after insert", "new.key = '/k/a'", TOUCH_B);
            b.put(b.event("/k/a", "1", 6), b.event("/k/b", "2", 7));
            assertThat(b.table()).containsExactly("/k/a=1@6", "/k/b=2@7");
            assertThat(b.conflicts()).containsExactly("/k/b put touched lost to 7");
            assertThat(b.pending()).isEmpty();
        }
    }

    @Test
    void anUpdateOfAnInsertedRowByATriggerIsALocalChange() {
        try (Bench b = new Bench(postgres).ready()) {
            trigger(b, "after insert", "new.key = '/k/a'", TOUCH_B);
            b.put(b.event("/k/a", "1", 6), b.event("/k/b", "2", 7));
            assertThat(b.table()).containsExactly("/k/a=1@6", "/k/b=touched@7");
            assertThat(b.pending()).containsExactly("/k/b put touched");
            assertThat(b.conflicts()).isEmpty();
        }
    }

    /** The trigger deletes the row before the sink inserts it again, in the same transaction. */
    @Test
    void aDeletionByATriggerLosesToTheEventOfItsRow() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/b", "1", 5));
            trigger(
                    b,
                    "before insert",
                    "new.key = '/k/a' or new.value = 'refused'",
                    "if new.value = 'refused' then raise exception 'no'; end if; delete from public.etcd where key = '/k/b'");
            // because of the refused record, the sink applies key by key
            b.put(b.event("/k/a", "1", 6), b.event("/k/b", "2", 7), b.event("/k/c", "refused", 8));
            awaitNothingDeferred(b);
            assertThat(b.table()).containsExactly("/k/a=1@6", "/k/b=2@7");
            assertThat(b.conflicts()).containsExactly("/k/b delete lost to 7");
            assertThat(b.pending()).isEmpty();
        }
    }

    @Test
    void anUpdateByATriggerLosesToTheDeletionOfItsRow() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            trigger(b, "after update", "old.key = '/k/a'", TOUCH_B);
            b.put(b.event("/k/a", "2", 7), b.event("/k/b", null, 8));
            awaitNothingDeferred(b);
            assertThat(b.table()).containsExactly("/k/a=2@7");
            assertThat(b.conflicts()).containsExactly("/k/b put touched lost to 8");
            assertThat(b.pending()).isEmpty();
            assertThat(b.context.deadLetters()).isEmpty();
        }
    }

    @Test
    void anUpdateByATriggerLosesToTheManifestThatFollows() {
        try (Bench b = new Bench(postgres).ready()) {
            trigger(
                    b,
                    "after insert",
                    "new.value <> upper(new.value)",
                    "update public.etcd set value = upper(value) where key = new.key");
            b.put(b.event("/k/a", "one", 5), b.manifest(6));
            assertThat(b.table()).isEmpty();
            assertThat(b.conflicts()).containsExactly("/k/a put ONE lost to 6");
            assertThat(b.pending()).isEmpty();
        }
    }

    /** Both routes are written in one transaction. */
    @Test
    void anUpdateByATriggerLosesToTheEventInAnotherRoute() {
        try (Bench b = new Bench(postgres, "etcd.prefix", "", "routes", "etcd=/k/,other=/o/")) {
            TopicPartition other = new TopicPartition("etcd.other", 0);
            b.task.open(List.of(other));
            b.put(Bench.moved(b.event("/o/b", "1", 5), other));
            trigger(b, "after insert", "true", "update public.other set value = 'touched' where key = '/o/b'");
            b.put(b.event("/k/a", "1", 6), Bench.moved(b.event("/o/b", "2", 7), other));
            assertThat(b.table()).containsExactly("/k/a=1@6");
            assertThat(b.rows("select value from public.other")).containsExactly("2");
            assertThat(b.conflicts()).containsExactly("/o/b put touched lost to 7");
            assertThat(b.pending()).isEmpty();
        }
    }

    /** The outcome depends on the order of the writes. */
    private static void awaitOutcomeOfTouched(Bench b) {
        if (b.table().contains("/k/b=touched@8")) {
            assertThat(b.pending()).containsExactly("/k/b put touched");
            assertThat(b.conflicts()).isEmpty();
        } else {
            assertThat(b.table()).contains("/k/b=2@8");
            assertThat(b.pending()).isEmpty();
            assertThat(b.conflicts()).containsExactly("/k/b put touched lost to 8");
        }
    }

    @Test
    void aTriggerWithoutRightsOrTablesFailsTheTask() {
        try (Bench b = new Bench(postgres)) {
            trigger(b, "before insert", "true", "insert into public.audit values (1)");
            SinkRecord record = b.event("/k/a", "1", 5);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 3; i++) {
                            try {
                                b.put(record);
                            } catch (RetriableException e) {
                                // the sink tries again, because the tables may have been created again
                            }
                        }
                    })
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContaining("audit");
        }
    }

    /** The message of a trigger may quote the value, whatever its SQLSTATE is. */
    @ParameterizedTest
    @ValueSource(strings = {"40001", "53100", "57P01", "XX000", "28000"})
    void theMessageOfATriggerIsNotShown(String state) {
        try (Bench b = new Bench(postgres)) {
            trigger(b, "before insert", "true", "raise exception 'bad %', new.value using errcode = '" + state + "'");
            SinkRecord record = b.event("/k/a", "hunter2", 5);
            assertThatThrownBy(() -> b.put(record))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining(state)
                    .hasStackTraceContaining("pg.sink")
                    .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("hunter2"));
        }
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** The triggers take longer than the sink may hold locks. */
    @Test
    void slowTriggersOnlyDelayTheSink() {
        try (Bench b = new Bench(postgres)) {
            trigger(b, "before insert or update", "true", "perform pg_sleep(0.01)");
            for (int version = 1; version <= 2; version++) {
                int last = version;
                SinkRecord[] many = IntStream.range(0, 120)
                        .mapToObj(i -> b.event("/k/" + i, "v" + last, 1_000L * last + i))
                        .toArray(SinkRecord[]::new);
                b.putUntilDone(many);
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            b.idle();
                            return b.one("select count(*) from public.etcd where value = 'v" + last + "'")
                                    .equals("120");
                        });
            }
            assertThat(b.context.deadLetters()).isEmpty();
        }
    }

    /** The key can never be applied in the available time. Earlier, it used all of the time in each retry. */
    @Test
    void aKeyWithATooSlowTriggerStopsNoOtherKey() {
        try (Bench b = new Bench(postgres, "etcd.prefix", "", "routes", "etcd=/k/,other=/o/")) {
            TopicPartition other = new TopicPartition("etcd.other", 0);
            b.task.open(List.of(other));
            b.put(b.manifest(1));
            trigger(b, "before insert", "new.key in ('/k/m', '/k/n')", "perform pg_sleep(2)");
            b.putUntilDone(
                    b.event("/k/l", "1", 5),
                    b.event("/k/m", "1", 6),
                    b.event("/k/n", "1", 7),
                    b.event("/k/o", "1", 8),
                    Bench.moved(b.event("/o/a", "1", 9), other));
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        b.idle();
                        return b.table().equals(List.of("/k/l=1@5", "/k/o=1@8"))
                                && b.one("select count(*) from public.other").equals("1");
                    });
            b.sql("drop trigger app on public.etcd");
            awaitNothingDeferred(b);
            assertThat(b.table()).containsExactly("/k/l=1@5", "/k/m=1@6", "/k/n=1@7", "/k/o=1@8");
            assertThat(b.context.deadLetters()).isEmpty();
        }
    }

    @Test
    void theKeysOfALockedTableAreDeferred() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            for (String mode : List.of("share", "access exclusive")) {
                try (Connection app = b.connect()) {
                    app.setAutoCommit(false);
                    run(app, "lock table public.etcd in " + mode + " mode");
                    b.put(b.event("/k/a", mode, 6), b.event("/k/b", mode, 7));
                    assertThat(b.context.timeoutMs()).isLessThanOrEqualTo(250);
                    run(app, "update public.etcd set value = 'mine' where key = '/k/a'");
                    app.rollback();
                }
                awaitNothingDeferred(b);
            }
            assertThat(b.table()).containsExactly("/k/a=share@6", "/k/b=share@7");
        }
    }

    @Test
    void theServerEndsTheIdleTransactionOfAHungWorker() {
        try (Bench b = new Bench(postgres)) {
            b.sql("create table public.seen (setting text)");
            trigger(
                    b,
                    "before insert",
                    "true",
                    "insert into public.seen values (current_setting('idle_in_transaction_session_timeout'))");
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.one("select setting from public.seen")).isEqualTo("30s");
        }
    }

    /** On a slow machine, the sink may need several rounds. */
    private static void awaitNothingDeferred(Bench b) {
        await().until(() -> {
            if (b.context.timeoutMs() < 1_000) {
                b.idle();
            }
            return b.context.timeoutMs() == 1_000;
        });
    }

    private static void trigger(Bench b, String timing, String condition, String body) {
        b.sql("create function public.app() returns trigger language plpgsql as $$ begin if " + condition + " then "
                + body
                + "; end if; return coalesce(new, old); end $$; create trigger app " + timing
                + " on public.etcd for each row execute function public.app()");
    }

    private static void run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
