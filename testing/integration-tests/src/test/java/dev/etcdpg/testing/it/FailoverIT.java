package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Examples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primary dies, and a standby that lags behind it is promoted. connection.url names both servers, so nobody changes a configuration. */
class FailoverIT {

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("failover"));
    private final Postgres primary = Postgres.builder().name("postgres-primary").start();
    private Postgres standby;

    @AfterEach
    void close() {
        system.close();
        primary.close();
        if (standby != null) {
            standby.close();
        }
    }

    @Test
    void theConnectorsFindTheNewPrimaryAndBothSidesBecomeEqual() throws IOException {
        primary.createDatabase(system.name);
        standby = standbyOf(primary);
        String url = "jdbc:postgresql://127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port() + "/"
                + system.name + "?targetServerType=primary";
        Map<String, String> servers = Map.of(
                "connection.url", url, "connection.user", primary.user(), "connection.password", primary.password());
        system.start(Map.of("pg-sink", servers, "pg-notify-source", servers));
        PostgresSide first = new PostgresSide(primary, system.name);
        await("the table").ignoreExceptions().until(() -> first.all("public.etcd")
                .isEmpty());
        for (int i = 0; i < 20; i++) {
            write(first, "both/" + i, "known to both");
        }
        awaitEqual(first);
        await("the standby has replayed all").ignoreExceptions().until(() -> new PostgresSide(standby, system.name)
                .all("public.etcd")
                .equals(first.all("public.etcd")));

        // the standby does not see what follows
        standby.kill();
        for (int i = 0; i < 20; i++) {
            write(first, "both/" + i, "unknown to the standby");
            write(first, "late/" + i, "unknown to the standby");
        }
        sides.etcd.put(system.prefix + "etcd", "unknown to the standby");
        awaitEqual(first);
        primary.kill();

        standby.start();
        standby.query("postgres", "select pg_promote(true, 60)");
        PostgresSide second = new PostgresSide(standby, system.name);
        write(second, "after", "written after the failover");
        sides.etcd.put(system.prefix + "etcd/after", "written after the failover");

        awaitEqual(second);
        Map<String, Entry> there = EtcdEntries.below(sides.etcd, system.prefix);
        assertThat(there).hasSize(43);
        assertThat(there.get(system.prefix + "late/7").value()).isEqualTo("unknown to the standby");
        assertThat(there.get(system.prefix + "both/7").value())
                .as("what etcd has accepted stays, although the standby had the older value")
                .isEqualTo("unknown to the standby");
        Examples.NAMES.forEach(example -> sides.awaitRunning(system.connector(example)));
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

    /** Copies the files of the primary, as after a crash, and lets the copy follow the primary. */
    private static Postgres standbyOf(Postgres primary) throws IOException {
        Path folder = Files.createDirectory(
                primary.folder().resolveSibling(primary.folder().getFileName() + "-standby"));
        primary.backUp(folder.resolve("data"));
        Files.createFile(folder.resolve("data/standby.signal"));
        Postgres standby = Postgres.builder()
                .name("postgres-standby")
                .folder(folder)
                .setting(
                        "primary_conninfo",
                        "host=127.0.0.1 port=" + primary.port() + " user=" + primary.user() + " password="
                                + primary.password())
                .build();
        standby.start();
        return standby;
    }
}
