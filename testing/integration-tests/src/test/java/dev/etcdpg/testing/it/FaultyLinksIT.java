package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.servers.FaultProxy;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Cuts and swallows the links of each connector to etcd and PostgreSQL, under load in both directions. */
class FaultyLinksIT {
    private static final List<Long> BYTES = List.of(0L, 100L, 1_000L, 4_321L, 20_000L, 100_000L);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(700);
    private static final Duration HOLE = Duration.ofSeconds(5);

    private static final List<String> OF_ETCD = List.of("etcd-source", "etcd-sink");
    private static final List<String> OF_POSTGRES = List.of("pg-sink", "pg-notify-source");

    private static final Map<String, Map<String, String>> BEFORE = new HashMap<>();
    /** The proxies by connector. */
    private static final Map<String, FaultProxy> LINKS = new HashMap<>();

    private final Sides sides = Sides.shared();

    @BeforeAll
    static void throughProxies() {
        Sides sides = Sides.shared();
        for (String connector : Sides.CONNECTORS) {
            boolean etcd = OF_ETCD.contains(connector);
            FaultProxy link = FaultProxy.to(
                    etcd
                            ? sides.stack.etcd().clientPort()
                            : sides.stack.postgres().port());
            LINKS.put(connector, link);
            String server = "127.0.0.1:" + link.port();
            BEFORE.put(
                    connector,
                    sides.reconfigure(
                            connector,
                            etcd
                                    ? Map.of("etcd.endpoints", "http://" + server)
                                    : Map.of("connection.url", "jdbc:postgresql://" + server + "/" + Stack.DATABASE)));
        }
        await("the connectors go through the proxies")
                .atMost(Duration.ofSeconds(60))
                .until(() -> LINKS.values().stream().allMatch(link -> link.open() > 0));
        sides.settle();
    }

    @AfterEach
    void healed() {
        LINKS.values().forEach(FaultProxy::heal);
    }

    @AfterAll
    static void directly() {
        Sides sides = Sides.shared();
        BEFORE.forEach((connector, config) -> sides.connect().put(connector, config));
        Sides.CONNECTORS.forEach(sides::awaitRunning);
        sides.settle();
        LINKS.values().forEach(FaultProxy::close);
    }

    @Test
    void theLinksToEtcdAreCutAnywhere() throws InterruptedException {
        cut("cut-etcd", OF_ETCD);
    }

    @Test
    void theLinksToPostgresAreCutAnywhere() throws InterruptedException {
        cut("cut-postgres", OF_POSTGRES);
    }

    private void cut(String name, List<String> connectors) throws InterruptedException {
        List<FaultProxy> links = connectors.stream().map(LINKS::get).toList();
        long epoch = sides.epoch();
        try (Load load = new Load(sides, name)) {
            for (long bytes : BYTES) {
                links.forEach(link -> link.cutAfter(bytes));
                links.forEach(FaultProxy::cut);
                pause(load);
            }
            links.forEach(FaultProxy::heal);
            links.forEach(FaultProxy::cut);
            links.forEach(FaultProxy::refuse);
            pause(load);
            links.forEach(FaultProxy::heal);
            pause(load);
        }
        sides.settle();
        everythingCameOnce(name);
        assertThat(sides.epoch()).as("nothing was taken for another history").isEqualTo(epoch);
    }

    @Test
    void theLinksToEtcdAreSilentForAWhile() throws InterruptedException {
        swallow("hole-etcd", OF_ETCD);
    }

    @Test
    void theLinksToPostgresAreSilentForAWhile() throws InterruptedException {
        swallow("hole-postgres", OF_POSTGRES);
    }

    private void swallow(String name, List<String> connectors) throws InterruptedException {
        List<FaultProxy> links = connectors.stream().map(LINKS::get).toList();
        long epoch = sides.epoch();
        try (Load load = new Load(sides, name)) {
            pause(load);
            links.forEach(FaultProxy::swallow);
            Thread.sleep(HOLE.toMillis());
            links.forEach(FaultProxy::heal);
            pause(load);
            links.forEach(FaultProxy::swallow);
            pause(load);
            // The swallowed bytes are lost with their connection.
            links.forEach(FaultProxy::cut);
            links.forEach(FaultProxy::heal);
            pause(load);
        }
        sides.settle();
        everythingCameOnce(name);
        assertThat(sides.epoch()).as("nothing was taken for another history").isEqualTo(epoch);
    }

    /** The connections stay open and silent. Each connector must open new ones within the configured time. */
    @Test
    void deadLinksToEtcdAreNoticed() {
        Map<String, Long> connections = new HashMap<>();
        OF_ETCD.forEach(
                connector -> connections.put(connector, LINKS.get(connector).accepted()));
        OF_ETCD.forEach(connector -> LINKS.get(connector).swallow());

        for (String connector : OF_ETCD) {
            await(connector + " connects anew")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> LINKS.get(connector).accepted() > connections.get(connector));
        }
        OF_ETCD.forEach(connector -> LINKS.get(connector).heal());

        sides.settle();
    }

    /** Waits between two faults while the load continues. */
    private static void pause(Load load) throws InterruptedException {
        int before = load.written();
        Thread.sleep(BETWEEN_FAULTS.toMillis());
        await("the load goes on").until(() -> load.written() > before);
    }

    /** Checks that the history has every revision of every key exactly once. */
    private void everythingCameOnce(String name) {
        String prefix = Sides.key(name + "/");
        long versions = EtcdEntries.below(sides.etcd, prefix).values().stream()
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
