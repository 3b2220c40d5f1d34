package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Mistakes of operators and of their surroundings that only the whole system shows. The connectors must lose nothing: they go on, or they fail
 * with a sentence that names the mistake and the way out.
 */
class OddWorldIT {
    private static final Map<String, String> SHORT_HEARTBEATS = Map.of("heartbeat.interval.ms", "500");

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("odd"));
    private final Map<String, String> rows =
            Map.of(system.prefix + "1", "one", system.prefix + "2", "two", system.prefix + "3", "three");

    @BeforeEach
    void start() {
        rows.forEach(sides.etcd::put);
        system.start();
        system.awaitRows("etcd", rows);
        system.awaitSnapshot();
    }

    @AfterEach
    void close() {
        system.close();
    }

    /** Entry in one file: the source has offsets of the old prefix. */
    @Test
    void anotherPrefixOfTheSourceIsRefused() {
        system.put("etcd-source", Map.of("etcd.prefix", "/elsewhere/"));

        assertThat(system.awaitFailure("etcd-source")).contains(system.prefix, "/elsewhere/");
        assertNothingWasDeleted();

        system.put("etcd-source", Map.of());
        everythingFlows("the old prefix");
    }

    /** The source has lost its offsets too. Its snapshot of the wrong prefix lists none of the keys in the table. */
    @Test
    void aSnapshotOfAnotherPrefixDeletesNothing() {
        system.deleteOffsets("etcd-source");
        system.put("etcd-source", Map.of("etcd.prefix", "/elsewhere/"));
        sides.connect().resume(system.connector("etcd-source"));

        assertThat(system.awaitFailure("pg-sink"))
                .contains(system.prefix, "/elsewhere/", system.connector("etcd-source"), system.etcdTopic())
                .contains("foreign.source");
        assertNothingWasDeleted();

        system.deleteOffsets("etcd-source");
        system.put("etcd-source", Map.of());
        sides.connect().resume(system.connector("etcd-source"));
        system.put("pg-sink", Map.of("foreign.source", "skip"));
        system.restart("pg-sink");
        everythingFlows("skipped records");
    }

    /** Copied examples: two sources write one topic. */
    @Test
    void aSecondSourceOnTheTopicIsNoticed() {
        Map<String, String> second = system.config("etcd-source");
        second.putAll(SHORT_HEARTBEATS);
        String name = system.connector("etcd-source") + "-copy";
        system.put("etcd-source", SHORT_HEARTBEATS);
        sides.connect().put(name, second);
        try {
            assertThat(system.awaitFailure("pg-sink"))
                    .contains(system.connector("etcd-source"), name, "etcd_accept_source");
            assertNothingWasDeleted();
        } finally {
            sides.connect().delete(name);
        }
        system.put("pg-sink", Map.of("foreign.source", "skip"));
        system.postgres.query(
                "select etcd_sync.etcd_accept_source(?, ?)", system.etcdTopic(), system.connector("etcd-source"));
        system.restart("pg-sink");
        everythingFlows("one source again");
    }

    private void assertNothingWasDeleted() {
        assertThat(system.postgres.query("select key from public.etcd")).hasSameElementsAs(rows.keySet());
        assertThat(system.postgres.query("select key from etcd_sync.etcd_history where op = 'delete'"))
                .isEmpty();
    }

    private void everythingFlows(String value) {
        String fromEtcd = system.prefix + "from-etcd";
        String fromSql = system.prefix + "from-sql";
        sides.etcd.put(fromEtcd, value);
        await("the row " + fromEtcd)
                .until(
                        () -> system.postgres.query("select value from public.etcd where key = ?", fromEtcd),
                        List.of(value)::equals);
        system.postgres.execute("insert into public.etcd (key, value) values (?, ?)", fromSql, value);
        await("the key " + fromSql).until(() -> value.equals(sides.etcd.get(fromSql)));
        await("all outcomes").until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_pending") == 0);
    }
}
