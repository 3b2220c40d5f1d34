package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.kit.TestDatabase;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PostgresTools;
import dev.etcdpg.testing.servers.PostgresVersion;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database is dumped with pg_dump, and restored into a new database of a newer server. The source continues there. */
class DumpIT {

    @TempDir
    private Path folder;

    @Test
    void theSourceContinuesInTheRestoredDatabase() throws SQLException {
        assumeThat(PostgresTools.isAvailable()).isTrue();
        Postgres old = Postgres.shared(PostgresVersion.LOW);
        Map<Map<String, ?>, Map<String, Object>> committed = new HashMap<>();
        Path file = folder.resolve("dump.sql");
        try (TestDatabase database = TestDatabase.create(old, "dumped")) {
            Migrations.apply(new ConnectionFactory(database.jdbcUrl(), old.user(), old.password()), "etcd_sync");
            database.run("select etcd_install('app', '/a/')");
            database.run("insert into etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
            try (TaskRun run = new TaskRun(database.settings(), committed)) {
                database.run("insert into app (key, value) values ('/a/sent', 'first')");
                run.untilReceived(1);
                run.commit(1);
            }
            database.run("update app set value = 'second' where key = '/a/sent'");
            database.run("insert into app (key, value) values ('/a/waiting', 'x')");
            PostgresTools.dump(old, database.name(), file);
        }
        Postgres newer = Postgres.shared();
        try (TestDatabase restored = TestDatabase.create(newer, "restored")) {
            PostgresTools.runFile(newer, restored.name(), file);
            restored.run("insert into app (key, value) values ('/a/after', 'y')");
            try (TaskRun run = new TaskRun(restored.settings(), committed)) {
                run.untilReceived(2);
                run.expectQuiet(Duration.ofMillis(500));
                assertThat(run.sends()).contains("/a/waiting=x on 10.0", "/a/after=y on 10.0");
            }
            assertThat(restored.one("select * from etcd_repair_sequences()")).isEqualTo("0 0");
            assertThat(restored.rows("select key, value, status from etcd_pending order by key, id"))
                    .as("the change in flight stays in flight, and the change behind it waits")
                    .containsExactly(
                            "/a/after y inflight",
                            "/a/sent first inflight",
                            "/a/sent second waiting",
                            "/a/waiting x inflight");
            assertThat(restored.one("select etcd_install('app', '/a/')"))
                    .as("the triggers are complete")
                    .isEqualTo("f");
        }
    }
}
