package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.kit.TestSinkContext;
import dev.etcdpg.testing.servers.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** Applications lock rows and insert keys while the sink applies records. The sink applies the other keys, and no application is a deadlock victim. */
class LocksIT {

    private final Postgres postgres = Postgres.shared();

    @Test
    void aLockedKeyIsDeferredWithItsLaterRecordsWhileOthersAreApplied() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "select from public.etcd where key = '/k/a' for update");
                b.put(b.event("/k/a", "2", 7), b.event("/k/b", "2", 8));
                b.put(b.event("/k/a", "3", 9), b.event("/k/b", "3", 10));
                assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=3@10");
                assertThat(committed(b)).isEqualTo(2);
                assertThat(b.one("select next_offset from etcd_sync.etcd_sink_offset"))
                        .isEqualTo("2");
                assertThat(b.context.timeoutMs()).isLessThanOrEqualTo(250);
                b.idle();
                assertThat(b.table()).contains("/k/a=1@5");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return b.table().contains("/k/a=3@9");
            });
            assertThat(committed(b)).isEqualTo(6);
            assertThat(b.history()).hasSize(6);
        }
    }

    /** The check of a foreign key locks the parent row only against deletion and a change of its key. */
    @Test
    void anOpenInsertOfAChildRowDelaysOnlyTheDeletionOfItsParent() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            b.sql("create table public.child (parent text references public.etcd (key) on delete cascade)");
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "insert into public.child values ('/k/a'), ('/k/b')");
                b.put(b.event("/k/a", "2", 7), b.event("/k/b", null, 8));
                assertThat(b.table()).containsExactly("/k/a=2@7", "/k/b=1@6");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return b.table().equals(List.of("/k/a=2@7"));
            });
        }
    }

    /** Earlier, the sink retried them every millisecond. */
    @Test
    void deferredInputsOfARevokedPartitionAreNotRetried() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "select from public.etcd where key = '/k/a' for update");
                b.put(b.event("/k/a", "2", 6));
                assertThat(b.context.timeoutMs()).isLessThanOrEqualTo(250);
                b.task.close(List.of(Bench.PARTITION));
                b.put();
                assertThat(b.context.timeoutMs()).isEqualTo(1_000);
            }
        }
    }

    @Test
    void aManifestOfALockedRowWaitsBehindItsEvents() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/c", "1", 7));
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "select from public.etcd where key in ('/k/a', '/k/c') for update");
                b.put(b.event("/k/a", "2", 8), b.manifest(9));
                assertThat(b.table()).containsExactly("/k/a=1@5", "/k/c=1@7");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return b.table().isEmpty();
            });
            assertThat(b.history())
                    .contains(
                            "/k/a put 2@1000.8 etcd",
                            "/k/a delete@1000.9 etcd snapshot",
                            "/k/c delete@1000.9 etcd snapshot");
        }
    }

    @Test
    void aKeyWithAnUncommittedInsertIsDeferredAndTheInsertLoses() throws SQLException {
        try (Bench b = new Bench(postgres).ready()) {
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "insert into public.etcd (key, value) values ('/k/a', 'mine')");
                b.putUntilDone(b.event("/k/a", "theirs", 5), b.event("/k/b", "1", 6));
                assertThat(b.table()).containsExactly("/k/b=1@6");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return b.table().contains("/k/a=theirs@5");
            });
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5");
        }
    }

    @Test
    void aRolledBackInsertLeavesTheRowOfEtcd() throws SQLException {
        try (Bench b = new Bench(postgres).ready()) {
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "insert into public.etcd (key, value) values ('/k/a', 'mine')");
                b.putUntilDone(b.event("/k/a", "theirs", 5));
                app.rollback();
            }
            await().until(() -> {
                b.idle();
                return b.table().contains("/k/a=theirs@5");
            });
            assertThat(b.conflicts()).isEmpty();
        }
    }

    @Test
    void anApplicationThatInsertsInTheOppositeOrderIsNeverTheVictim() throws Exception {
        try (Bench b = new Bench(postgres).ready()) {
            List<SinkRecord> first = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                first.add(b.event(key(i), "0", 10 + i));
            }
            b.put(first.toArray(SinkRecord[]::new));
            for (int round = 1; round <= 4; round++) {
                String fresh = "/k/fresh" + round;
                int last = round;
                try (Connection app = b.connect()) {
                    app.setAutoCommit(false);
                    // it inserts the key that is last in the sink's order, then updates the keys that the sink locks
                    // first
                    run(app, "insert into public.etcd (key, value) values ('" + fresh + "', 'mine')");
                    CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
                        for (int i = 0; i < 300; i++) {
                            run(app, "update public.etcd set value = 'app" + last + "' where key = '" + key(i) + "'");
                        }
                        run(app, "commit");
                    });
                    List<SinkRecord> batch = new ArrayList<>();
                    for (int i = 0; i < 300; i++) {
                        batch.add(b.event(key(i), "e" + round, 1_000 * round + i));
                    }
                    batch.add(b.event(fresh, "theirs", 1_000 * round + 500));
                    b.putUntilDone(batch.toArray(SinkRecord[]::new));
                    await().pollInterval(Duration.ofMillis(1)).until(() -> {
                        b.idle();
                        return done.isDone();
                    });
                    done.get(1, TimeUnit.SECONDS); // it was not the victim
                }
                await().until(() -> {
                    b.idle();
                    return b.table().contains(fresh + "=theirs@" + (1_000 * last + 500));
                });
            }
            assertThat(b.one("select deadlocks from pg_stat_database where datname = current_database()"))
                    .isEqualTo("0");
        }
    }

    /** The operator holds the mirror row of a key whose table row is missing. Earlier, the sink waited for it while it held the other rows. */
    @Test
    void anOpenTransactionOfEtcdResolveStopsOnlyItsKey() throws SQLException {
        try (Bench b = new Bench(postgres, "conflict.policy", "manual").ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            b.sql("delete from public.etcd where key = '/k/a'");
            b.dispatch();
            b.put(b.event("/k/a", "2", 7));
            assertThat(b.flight("/k/a")).isEqualTo("held -");
            try (Connection operator = b.connect()) {
                operator.setAutoCommit(false);
                run(operator, "select etcd_sync.etcd_resolve('/k/a', 'postgres')");
                CompletableFuture<Void> put = CompletableFuture.runAsync(
                        () -> b.putUntilDone(b.event("/k/a", "3", 8), b.event("/k/b", "2", 9)));
                await().atMost(Duration.ofSeconds(5)).until(put::isDone);
                await().until(() -> {
                    b.idle();
                    return b.table().contains("/k/b=2@9");
                });
                run(operator, "update public.etcd set value = 'seen' where key = '/k/b'");
                operator.commit();
            }
            await().until(() -> {
                b.idle();
                return b.history().contains("/k/a put 3@1000.8 etcd");
            });
            assertThat(b.flight("/k/a")).isEqualTo("held -");
            assertThat(b.pending()).containsExactly("/k/a delete", "/k/b put seen");
        }
    }

    /** Earlier, 5,000 records of one key paused the partition. */
    @Test
    void manySmallRecordsOfALockedKeyPauseNothing() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "select from public.etcd where key = '/k/a' for update");
                for (int i = 0; i < 8; i++) {
                    List<SinkRecord> batch = new ArrayList<>();
                    for (int j = 0; j < 1_000; j++) {
                        batch.add(b.event("/k/a", "v" + i + j, 10 + i * 1_000 + j));
                    }
                    batch.add(b.event("/k/b", "v" + i, 100_000 + i));
                    b.put(batch.toArray(SinkRecord[]::new));
                }
                assertThat(b.context.paused()).isEmpty();
                assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=v7@100007");
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return committed(b) == 8_009;
            });
            assertThat(b.table()).containsExactly("/k/a=v7999@8009", "/k/b=v7@100007");
            assertThat(b.history()).hasSize(8_009);
        }
    }

    /** The last of the records that wait decides about the row. Only this record becomes a dead letter. */
    @Test
    void theLastOfManyDeferredRecordsMayBeADeadLetter() throws SQLException {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("alter table public.etcd add constraint short check (length(value) < 5)");
            SinkRecord last;
            try (Connection app = b.connect()) {
                app.setAutoCommit(false);
                run(app, "select from public.etcd where key = '/k/a' for update");
                List<SinkRecord> batch = new ArrayList<>();
                for (int i = 0; i < 1_500; i++) {
                    batch.add(b.event("/k/a", i % 2 == 0 ? "too long" : "v", 10 + i));
                }
                last = b.event("/k/a", "too long", 10_000);
                batch.add(last);
                b.put(batch.toArray(SinkRecord[]::new));
                app.commit();
            }
            await().until(() -> {
                b.idle();
                return committed(b) == last.kafkaOffset() + 1;
            });
            assertThat(b.context.deadLetters())
                    .extracting(SinkRecord::kafkaOffset)
                    .containsExactly(last.kafkaOffset());
            assertThat(b.history()).hasSize(1_502);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | select from public.etcd where key = '/k/a' for update",
                "2 | select from public.etcd where key = '/k/a' for share",
                "1 | insert into public.etcd (key, value) values ('/k/new', 'mine')",
                "1 | lock table public.etcd in share mode"
            })
    void largeDeferredRecordsPauseThePartitionAndTheHolderIsNamed(int holders, String sql) throws SQLException {
        String key = sql.contains("/k/new") ? "/k/new" : "/k/a";
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            List<Connection> apps = new ArrayList<>();
            List<String> pids = new ArrayList<>();
            for (int i = 0; i < holders; i++) {
                Connection app = b.connect();
                app.setAutoCommit(false);
                run(app, sql);
                apps.add(app);
                pids.add("process " + app.unwrap(PGConnection.class).getBackendPID());
            }
            for (int i = 0; i < 12; i++) {
                b.putUntilDone(b.event(key, "v".repeat(1_000_000) + i, 10 + i));
            }
            assertThat(b.context.paused()).contains(Bench.PARTITION);
            assertThat(b.one("select key from etcd_sync.etcd_sink_pause")).isEqualTo(key);
            assertThat(b.rows("select unnest(holders) from etcd_sync.etcd_sink_pause"))
                    .containsExactlyInAnyOrderElementsOf(pids);
            assertThat(b.one("select paused from etcd_sync.etcd_status")).contains("etcd.etcd-0", key, pids.get(0));
            for (Connection app : apps) {
                app.commit();
                app.close();
            }
            await().until(() -> {
                b.idle();
                return b.table().stream().anyMatch(row -> row.startsWith(key) && row.endsWith("@21"));
            });
            b.idle();
            assertThat(b.context.paused()).isEmpty();
            assertThat(b.rows("select * from etcd_sync.etcd_sink_pause")).isEmpty();
            assertThat(b.rows("select * from etcd_sync.etcd_history where key = '" + key + "' and revision >= 10"))
                    .hasSize(12);
        }
    }

    /** One small record waits, so the partition is not paused. The clock of the sink is the test's. */
    @Test
    void aRowThatIsLockedForLongIsReported() throws SQLException {
        TestClock clock = TestClock.ticking();
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream err = System.err;
        try (Bench b = new Bench(postgres).ready();
                PostgresSink sink = new PostgresSink(
                        new PostgresSinkConfig(b.settings),
                        "slow",
                        new TestSinkContext(Map.of()),
                        clock,
                        clock::nanoTime);
                Connection app = b.connect()) {
            b.put(b.event("/k/a", "1", 5));
            sink.open(List.of(Bench.PARTITION));
            app.setAutoCommit(false);
            run(app, "select from public.etcd where key = '/k/a' for update");
            String pid = "process " + app.unwrap(PGConnection.class).getBackendPID();
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            sink.put(List.of(b.event("/k/a", "2", 7)));
            clock.advance(Duration.ofSeconds(20));
            sink.put(List.of());
            assertThat(b.one("select paused is null from etcd_sync.etcd_status"))
                    .isEqualTo("t");

            clock.advance(Duration.ofSeconds(11));
            sink.put(List.of());
            assertThat(b.one("select paused from etcd_sync.etcd_status"))
                    .isEqualTo("etcd.etcd-0 waits for key \"/k/a\", locked by " + pid);
            assertThat(log.toString(StandardCharsets.UTF_8))
                    .containsOnlyOnce("etcd.etcd-0 waits for a locked row")
                    .contains(
                            "some of them for more than 30 s for key /k/a of route etcd. Its row is locked by " + pid);
            clock.advance(Duration.ofSeconds(31));
            sink.put(List.of());
            assertThat(log.toString(StandardCharsets.UTF_8).split("waits for a locked row", -1))
                    .as("again after 30 s")
                    .hasSize(3);

            app.commit();
            clock.advance(Duration.ofSeconds(1));
            sink.put(List.of());
            sink.put(List.of());
            assertThat(b.table()).containsExactly("/k/a=2@7");
            assertThat(b.one("select paused is null from etcd_sync.etcd_status"))
                    .isEqualTo("t");
        } finally {
            System.setErr(err);
        }
    }

    /** A prepared transaction has no process. It holds its locks until somebody ends it. */
    @ParameterizedTest
    @CsvSource({
        "update public.etcd set value = 'mine' where key = '/k/a'",
        "lock table public.etcd in share row exclusive mode"
    })
    void aPreparedTransactionThatHoldsARowIsNamed(String sql) throws SQLException {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("set etcd_sync.notify = off; begin; " + sql + "; prepare transaction 'forgotten'");
            for (int i = 0; i < 12; i++) {
                b.putUntilDone(b.event("/k/a", "v".repeat(1_000_000) + i, 10 + i));
            }
            assertThat(b.one("select unnest(holders) from etcd_sync.etcd_sink_pause"))
                    .isEqualTo("prepared transaction 'forgotten'");
            assertThat(b.one("select paused from etcd_sync.etcd_status"))
                    .isEqualTo("etcd.etcd-0 waits for key \"/k/a\", locked by prepared transaction 'forgotten'");
            b.sql("rollback prepared 'forgotten'");
        }
    }

    private static String key(int i) {
        return String.format("/k/%03d", i);
    }

    private static long committed(Bench b) {
        return b.task.preCommit(Map.of()).get(Bench.PARTITION).offset();
    }

    private static void run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
