package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Some of the four connectors do not run. The others say what is missing, lose nothing, and heal. */
class OneWayIT {

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("oneway"));

    @AfterEach
    void close() {
        system.close();
    }

    private void start(String example, Map<String, String> changes) {
        system.put(example, changes);
        sides.awaitRunning(system.connector(example));
    }

    /** Nobody carries the requests of the sink. Snapshots at intervals replace them. */
    @Test
    void etcdToPostgresHealsALossByItself() {
        Map<String, String> rows = new HashMap<>(Map.of(system.prefix + "1", "one", system.prefix + "2", "two"));
        rows.forEach(sides.etcd::put);
        start("pg-sink", Map.of());
        start("etcd-source", Map.of("snapshot.interval.ms", "3000", "heartbeat.interval.ms", "500"));
        system.awaitRows("etcd", rows);
        system.awaitSnapshot();

        sides.stop(system.connector("pg-sink"));
        sides.etcd.put(system.prefix + "1", "lost");
        sides.etcd.delete(system.prefix + "2");
        rows.put(system.prefix + "1", "lost");
        rows.remove(system.prefix + "2");
        await("the lost records").during(Duration.ofSeconds(2)).until(() -> sides.connect()
                .isRunning(system.connector("etcd-source")));
        sides.kafka.deleteRecords(system.etcdTopic());
        sides.resume(system.connector("pg-sink"));

        system.awaitRows("etcd", rows);
        await("the request is answered")
                .until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_request") == 0);
        assertThat(sides.connect().failure(system.connector("pg-sink"))).isNull();
    }

    /** Nothing is sent before the first snapshot, which the missing connectors bring. */
    @Test
    void postgresToEtcdContinuesWhenTheOtherConnectorsRun() {
        start("pg-sink", Map.of());
        await("the table").ignoreExceptions().until(() -> system.postgres.number("select count(*) from etcd") == 0);
        start("pg-notify-source", Map.of());
        start("etcd-sink", Map.of());
        String key = system.prefix + "from-sql";
        system.postgres.execute("insert into etcd (key, value) values (?, 'v')", key);
        await("nothing is sent")
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(20))
                .until(() -> system.postgres
                        .query("select status from etcd_sync.etcd_pending")
                        .equals(List.of("waiting")));
        assertThat(sides.etcd.get(key)).isNull();

        start("etcd-source", Map.of());
        await("the key").until(() -> "v".equals(sides.etcd.get(key)));
        await("the outcome").until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_pending") == 0);

        // one change of each key is sent, and its outcome does not come back
        sides.stop(system.connector("etcd-source"));
        for (String value : List.of("w", "x")) {
            system.postgres.execute("update etcd set value = ? where key = ?", value, key);
        }
        await("the first change").until(() -> "w".equals(sides.etcd.get(key)));
        assertThat(system.postgres.query("select status from etcd_sync.etcd_pending order by id"))
                .containsExactly("inflight", "waiting");
        sides.resume(system.connector("etcd-source"));
        await("the second change").until(() -> "x".equals(sides.etcd.get(key)));
        await("all outcomes").until(() -> system.postgres.number("select count(*) from etcd_sync.etcd_pending") == 0);
    }
}
