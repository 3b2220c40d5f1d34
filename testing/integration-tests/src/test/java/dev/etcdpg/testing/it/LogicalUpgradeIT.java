package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PostgresTools;
import dev.etcdpg.testing.servers.PostgresVersion;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Examples;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database moves from the lowest to the highest version of PostgreSQL by logical replication, as docs/operations.md describes. The connectors
 * work until the switch. Nothing is lost, also no change that waits at the switch.
 */
class LogicalUpgradeIT {

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("upgrade"));
    private final Postgres old = Postgres.builder()
            .name("postgres-old")
            .version(PostgresVersion.LOW)
            .setting("wal_level", "logical")
            .start();
    private final Postgres newer = Postgres.builder().name("postgres-new").start();
    private final PostgresSide first = new PostgresSide(old, system.name);
    private final PostgresSide second = new PostgresSide(newer, system.name);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        system.close();
        old.close();
        newer.close();
    }

    @Test
    void theConnectorsContinueInTheNewServer() {
        assumeTrue(PostgresTools.isAvailable(), "pg_dump and psql are no packages here");
        old.createDatabase(system.name);
        newer.createDatabase(system.name);
        system.start(Map.of("pg-sink", of(old), "pg-notify-source", of(old)));
        await("the table").ignoreExceptions().until(() -> first.all("public.etcd")
                .isEmpty());
        writeBothSides(first, "before the copy");
        awaitEqual(first);

        Path schema = folder.resolve("schema.sql");
        PostgresTools.dumpSchema(old, system.name, schema);
        PostgresTools.runFile(newer, system.name, schema);
        first.execute("create publication upgrade for all tables");
        newer.execute(
                system.name,
                "create subscription upgrade connection 'host=127.0.0.1 port=" + old.port() + " dbname=" + system.name
                        + " user=" + old.user() + " password=" + old.password() + "' publication upgrade");
        writeBothSides(first, "while the copy is made");
        sides.etcd.delete(system.prefix + "both/1");
        awaitEqual(first);

        sides.stop(system.connector("pg-notify-source"), system.connector("pg-sink"));
        write(first, "waits", "at the switch");
        write(first, "both/2", "at the switch");
        sides.etcd.put(system.prefix + "etcd/late", "at the switch");
        long history = first.number("select count(*) from etcd_sync.etcd_history");
        String reached = first.query("select pg_current_wal_lsn()").get(0);
        await("the new server has everything")
                .until(() -> first.number(
                                "select count(*) from pg_stat_replication where application_name = 'upgrade' and replay_lsn >= ?::pg_lsn",
                                reached)
                        == 1);
        newer.execute(system.name, "drop subscription upgrade");
        assertThat(second.number("select count(*) from etcd_sync.etcd_history")).isEqualTo(history);
        assertThat(second.query("select key from etcd_sync.etcd_pending order by key"))
                .isEqualTo(List.of(system.prefix + "both/2", system.prefix + "waits"));
        old.kill();

        system.put("pg-sink", of(newer));
        system.put("pg-notify-source", of(newer));
        sides.resume(system.connector("pg-sink"), system.connector("pg-notify-source"));
        writeBothSides(second, "after the switch");

        awaitEqual(second);
        Map<String, Entry> there = EtcdEntries.below(sides.etcd, system.prefix);
        assertThat(there.get(system.prefix + "waits").value()).isEqualTo("at the switch");
        assertThat(there.get(system.prefix + "both/3").value()).isEqualTo("after the switch");
        assertThat(second.number("select count(*) from etcd_sync.etcd_conflict"))
                .isZero();
        assertThat(second.query("select r::text from etcd_sync.etcd_repair_sequences() r"))
                .as("the connectors have raised the sequences")
                .containsExactly("(0,0)");
        Examples.NAMES.forEach(example -> sides.awaitRunning(system.connector(example)));
    }

    private static Map<String, String> of(Postgres server, String database) {
        return Map.of(
                "connection.url", server.jdbcUrl(database),
                "connection.user", server.user(),
                "connection.password", server.password());
    }

    private Map<String, String> of(Postgres server) {
        return of(server, system.name);
    }

    private void writeBothSides(PostgresSide side, String value) {
        for (int i = 0; i < 10; i++) {
            write(side, "both/" + i, value);
            sides.etcd.put(system.prefix + "etcd/" + i, value);
        }
    }

    private void write(PostgresSide side, String name, String value) {
        side.execute(
                "insert into public.etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                system.prefix + name,
                value);
    }

    private void awaitEqual(PostgresSide side) {
        await("both sides are equal")
                .ignoreExceptions()
                .until(() -> side.number("select count(*) from etcd_sync.etcd_pending") == 0
                        && new HashMap<>(EtcdEntries.below(sides.etcd, system.prefix))
                                .equals(new HashMap<>(side.all("public.etcd"))));
    }
}
