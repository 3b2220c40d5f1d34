package dev.etcdpg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.servers.FaultProxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The connectors' links to etcd and PostgreSQL are cut and swallowed under load in both directions. */
class FaultyLinksIT {
    private static final List<Long> BYTES = List.of(0L, 100L, 1_000L, 4_321L, 20_000L, 100_000L);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(700);
    private static final Duration HOLE = Duration.ofSeconds(5);

    private static final Map<String, Map<String, String>> BEFORE = new HashMap<>();
    private static FaultProxy toEtcd;
    private static FaultProxy toPostgres;

    private final Sides sides = Sides.shared();

    @BeforeAll
    static void throughProxies() {
        Sides sides = Sides.shared();
        toEtcd = FaultProxy.to(sides.stack.etcd().clientPort());
        toPostgres = FaultProxy.to(sides.stack.postgres().port());
        Map<String, String> etcd = Map.of("etcd.endpoints", "http://127.0.0.1:" + toEtcd.port());
        Map<String, String> postgres =
                Map.of("connection.url", "jdbc:postgresql://127.0.0.1:" + toPostgres.port() + "/" + Stack.DATABASE);
        BEFORE.put("etcd-source", sides.reconfigure("etcd-source", etcd));
        BEFORE.put("etcd-sink", sides.reconfigure("etcd-sink", etcd));
        BEFORE.put("pg-sink", sides.reconfigure("pg-sink", postgres));
        BEFORE.put("pg-notify-source", sides.reconfigure("pg-notify-source", postgres));
        await("the connectors go through the proxies")
                .atMost(Duration.ofSeconds(60))
                .until(() -> toEtcd.open() > 0 && toPostgres.open() > 0);
        sides.settle();
    }

    @AfterEach
    void healed() {
        toEtcd.heal();
        toPostgres.heal();
    }

    @AfterAll
    static void directly() {
        Sides sides = Sides.shared();
        BEFORE.forEach((connector, config) -> sides.connect().put(connector, config));
        Sides.CONNECTORS.forEach(sides::awaitRunning);
        sides.settle();
        toEtcd.close();
        toPostgres.close();
    }

    @Test
    void theLinkToEtcdIsCutAnywhere() throws InterruptedException {
        cut("cut-etcd", toEtcd);
    }

    @Test
    void theLinkToPostgresIsCutAnywhere() throws InterruptedException {
        cut("cut-postgres", toPostgres);
    }

    private void cut(String name, FaultProxy link) throws InterruptedException {
        long epoch = sides.epoch();
        try (Load load = new Load(sides, name)) {
            for (long bytes : BYTES) {
                link.cutAfter(bytes);
                link.cut();
                pause(load);
            }
            link.heal();
            link.cut();
            link.refuse();
            pause(load);
            link.heal();
            pause(load);
        }
        sides.settle();
        everythingCameOnce(name);
        assertThat(sides.epoch()).as("nothing was taken for another history").isEqualTo(epoch);
    }

    @Test
    void theLinkToEtcdIsSilentForAWhile() throws InterruptedException {
        swallow("hole-etcd", toEtcd);
    }

    @Test
    void theLinkToPostgresIsSilentForAWhile() throws InterruptedException {
        swallow("hole-postgres", toPostgres);
    }

    private void swallow(String name, FaultProxy link) throws InterruptedException {
        long epoch = sides.epoch();
        try (Load load = new Load(sides, name)) {
            pause(load);
            link.swallow();
            Thread.sleep(HOLE.toMillis());
            link.heal();
            pause(load);
            link.swallow();
            pause(load);
            // What was on its way in the hole is lost with its connection.
            link.cut();
            link.heal();
            pause(load);
        }
        sides.settle();
        everythingCameOnce(name);
        assertThat(sides.epoch()).as("nothing was taken for another history").isEqualTo(epoch);
    }

    /** Nobody closes the connection, and nothing comes over it: new ones are made within the time configured. */
    @Test
    void aDeadLinkToEtcdIsNoticed() {
        long connections = toEtcd.accepted();
        toEtcd.swallow();

        await("connections anew").atMost(Duration.ofSeconds(60)).until(() -> toEtcd.accepted() > connections);
        toEtcd.heal();

        sides.settle();
    }

    /** Here time is what separates one fault from the next; and the load must go on meanwhile. */
    private static void pause(Load load) throws InterruptedException {
        int before = load.written();
        Thread.sleep(BETWEEN_FAULTS.toMillis());
        await("the load goes on").until(() -> load.written() > before);
    }

    /** The history has every revision of every key, and none twice. */
    private void everythingCameOnce(String name) {
        String prefix = Sides.key(name + "/");
        long versions = sides.etcd.all(prefix).values().stream()
                .mapToLong(Entry::version)
                .sum();
        assertThat(sides.postgres.number(
                        "select count(*) from etcd_sync.etcd_history where starts_with(key, ?)", prefix))
                .as("revisions in the history")
                .isEqualTo(versions);
        assertThat(sides.postgres.number(
                        "select count(distinct (key, revision)) from etcd_sync.etcd_history where starts_with(key, ?)",
                        prefix))
                .as("different ones")
                .isEqualTo(versions);
    }
}
