package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.kit.TestSinkContext;
import dev.etcdpg.testing.servers.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the sink says about other connectors of its database, and about triggers that somebody has disabled. The clock of the sinks is the test's. */
class PresenceIT {

    private final Bench bench = new Bench(Postgres.shared());
    private final TestClock clock = TestClock.stopped();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream err = System.err;

    @BeforeEach
    void readLog() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        System.setErr(err);
        bench.close();
    }

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }

    private PostgresSink sink(String name, String... changes) {
        Map<String, String> settings = new HashMap<>(bench.settings);
        settings.put("name", name);
        for (int i = 0; i < changes.length; i += 2) {
            String value = changes[i + 1];
            settings.compute(changes[i], (setting, before) -> value);
        }
        return new PostgresSink(
                new PostgresSinkConfig(settings), name, new TestSinkContext(Map.of()), clock, clock::nanoTime);
    }

    private void later(PostgresSink... sinks) {
        clock.advance(Duration.ofSeconds(16));
        for (PostgresSink sink : sinks) {
            sink.put(List.of());
        }
    }

    private String warning(PostgresSink sink) {
        log.reset();
        clock.advance(Duration.ofSeconds(61));
        sink.put(List.of());
        return log();
    }

    /** The notify source is missing, or its connection leads to a copy of the database. */
    @Test
    void changesThatNoNotifySourceReadsAreReported() {
        try (PostgresSink sink = sink("one-way")) {
            sink.put(List.of());
            assertThat(warning(sink)).doesNotContain("etcd_wal");
            bench.sql("insert into public.etcd (key, value) values ('/k/a', 'x'), ('/k/b', 'x')");
            assertThat(warning(sink)).as("a change of this minute").doesNotContain("etcd_wal");
            bench.sql("update etcd_sync.etcd_wal set changed_at = changed_at - interval '90 s'");
            assertThat(warning(sink)).contains("2 changes of route etcd wait in etcd_wal, the oldest for 9");
            assertThat(warning(sink)).as("again").contains("2 changes of route etcd");
            assertThat(bench.one("select notify_source_age is null from etcd_sync.etcd_status"))
                    .isEqualTo("t");

            bench.rows("select etcd_sync.etcd_announce('source', 's', gen_random_uuid(), '{}')");
            assertThat(warning(sink)).as("a source works").doesNotContain("etcd_wal");
            assertThat(bench.one("select notify_source_age < interval '1 minute' from etcd_sync.etcd_status"))
                    .isEqualTo("t");
            bench.sql("update etcd_sync.etcd_connector set seen_at = seen_at - interval '61 s'");
            assertThat(warning(sink)).contains("2 changes of route etcd");
        }
    }

    /** Somebody disables triggers for a bulk load. */
    @Test
    void triggersThatDoNotFireAreReported() {
        try (PostgresSink sink = sink("sink")) {
            sink.put(List.of());
            assertThat(warning(sink)).doesNotContain("not captured");
            bench.sql("alter table public.etcd disable trigger all; drop trigger zz_etcd_update on public.etcd");
            assertThat(warning(sink))
                    .contains(
                            "The triggers zz_etcd_delete, zz_etcd_guard, zz_etcd_insert, zz_etcd_truncate, zz_etcd_update of table public.etcd")
                    .contains("are not captured");
        }
        try (PostgresSink restarted = sink("sink")) {
            restarted.put(List.of());
            assertThat(warning(restarted)).doesNotContain("not captured");
            bench.sql("alter database " + bench.database + " set session_replication_role = replica");
            assertThat(warning(restarted))
                    .contains("session_replication_role is replica for all roles of database " + bench.database);
        }
    }

    /** A partial restore sets a sequence back. A change with a small id would wait for ever, and be overwritten without a conflict. */
    @Test
    void sequencesThatAreSetBackAreRaisedWithoutANewConnection() {
        try (PostgresSink sink = sink("sink")) {
            bench.sql("insert into public.etcd (key, value) select '/k/' || i, 'x' from generate_series(1, 20) i");
            later(sink);
            bench.sql("select setval(pg_get_serial_sequence('etcd_sync.etcd_wal', 'id'), 1)");
            later(sink);
            assertThat(log()).contains("1 sequences of the bookkeeping schema were behind the ids");
            bench.sql("insert into public.etcd (key, value) values ('/k/last', 'x')");
            assertThat(bench.one("select id > 20 from etcd_sync.etcd_wal where key = '/k/last'"))
                    .isEqualTo("t");
            log.reset();
            later(sink);
            assertThat(log()).doesNotContain("sequences");
        }
    }

    /** A file is posted under two names, or to two Connect clusters. */
    @Test
    void anotherSinkOfTheRouteIsNoticed() {
        try (PostgresSink first = sink("first");
                PostgresSink second = sink("second")) {
            later(first, second);
            later(first, second);
            assertThat(log())
                    .contains(
                            "Connector first: another PostgreSQL sink writes routes of this one into this database: second.")
                    .contains(
                            "Connector second: another PostgreSQL sink writes routes of this one into this database: first.");
        }
    }

    @Test
    void sinksOfOtherRoutesAndTasksOfOneSinkAreNoOthers() {
        try (PostgresSink first = sink("first");
                PostgresSink task = sink("first");
                PostgresSink second =
                        sink("second", "etcd.prefix", null, "routes", "other=/o/", "topics", "etcd.other")) {
            later(first, task, second);
            later(first, task, second);
            assertThat(
                            bench.rows(
                                    "select name || routes::text from etcd_sync.etcd_connector where name <> 'test' order by 1"))
                    .containsExactly("first{etcd}", "second{other}");
            assertThat(log()).doesNotContain("another PostgreSQL sink");
        }
    }
}
