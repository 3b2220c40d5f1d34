package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Postgres;
import java.time.Duration;
import org.apache.kafka.connect.errors.RetriableException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A primary with a hot standby. */
class StandbyIT {

    private static Postgres primary;
    private static Postgres standby;

    @BeforeAll
    static void start() {
        primary = Postgres.builder().name("primary").start();
        standby = Postgres.builder().name("standby").standbyOf(primary).start();
    }

    @AfterAll
    static void stop() {
        standby.close();
        primary.close();
    }

    private static String url(String database, Postgres... servers) {
        StringBuilder hosts = new StringBuilder();
        for (Postgres server : servers) {
            hosts.append(hosts.isEmpty() ? "" : ",")
                    .append(server.host())
                    .append(':')
                    .append(server.port());
        }
        return "jdbc:postgresql://" + hosts + "/" + database;
    }

    @Test
    void theStandbyIsRefusedUntilItIsPromoted() {
        try (Bench b = new Bench(primary)) {
            b.put(b.event("/k/a", "1", 5));

            awaitReplay(b);
            b.settings.put("connection.url", url(b.database, standby));
            assertThat(new PostgresSinkConnector().validate(b.settings).configValues())
                    .filteredOn(value -> value.name().equals("connection.url"))
                    .singleElement()
                    .satisfies(value ->
                            assertThat(value.errorMessages().toString()).contains("read-only standby"));
            assertThatThrownBy(b::crash)
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("read-only standby");
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(b::idle).isInstanceOf(RetriableException.class);
            }
            assertThat(b.context.timeoutMs()).isGreaterThan(400);

            b.settings.put("connection.url", url(b.database, standby, primary) + "?targetServerType=primary");
            b.crash();
            b.put(b.event("/k/a", "2", 6));
            assertThat(b.table()).containsExactly("/k/a=2@6");

            awaitReplay(b);
            primary.kill();
            standby.execute("postgres", "select pg_promote()");
            b.putUntilDone(b.event("/k/a", "3", 7));
            assertThat(standby.query(b.database, "select value from public.etcd"))
                    .containsExactly("3");
            assertThat(standby.query(b.database, "select count(*) from etcd_sync.etcd_history"))
                    .containsExactly("3");
        }
    }

    private static void awaitReplay(Bench b) {
        String written =
                primary.query("postgres", "select pg_current_wal_lsn()").get(0);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> standby.query(
                        "postgres", "select pg_last_wal_replay_lsn() >= '" + written + "'")
                .get(0)
                .equals("t"));
        assertThat(standby.query(b.database, "select count(*) from public.etcd"))
                .containsExactly("1");
    }
}
