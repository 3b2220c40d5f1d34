package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.testing.servers.Postgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts the round trips to PostgreSQL for each kind of record. The numbers are exact: an additional round trip must be a decision. */
class RoundTripsIT {

    private final Postgres postgres = Postgres.shared();
    private RoundTripCounter counter;
    private Bench b;
    private long revision = 1_000;

    @BeforeEach
    void begin() {
        counter = new RoundTripCounter(postgres.port());
        b = new Bench(postgres);
        String url = b.settings.get("connection.url");
        b.settings.put(
                "connection.url",
                url.replace(":" + postgres.port(), ":" + counter.port())
                        + (url.contains("?") ? "&" : "?")
                        + "sslmode=disable&gssEncMode=disable");
        b.crash();
        b.ready();
        // repeats until the server has prepared every statement
        for (int i = 0; i < 10; i++) {
            b.put(b.event("/k/a" + i, "a", ++revision));
            b.put(b.event("/k/a" + i, null, ++revision));
            b.put(b.event("/k/a" + i, "b", ++revision));
            b.put(b.event("/k/a" + i, "c", ++revision));
            confirm("/k/a" + i, "local");
        }
        counter.take();
    }

    @AfterEach
    void end() {
        b.close();
        counter.close();
    }

    private void confirm(String key, String value) {
        b.sql("update public.etcd set value = '" + value + "' where key = '" + key + "'");
        b.dispatch();
        b.put(b.event(key, value, ++revision));
    }

    @Test
    void anUpdateOfOneKey() {
        b.put(b.event("/k/a1", "new", ++revision));
        assertThat(counter.take()).isEqualTo(7);
        assertThat(b.table()).contains("/k/a1=new@" + revision);
    }

    @Test
    void anInsertOfOneKey() {
        b.put(b.event("/k/new", "new", ++revision));
        assertThat(counter.take()).isEqualTo(10);
        assertThat(b.table()).contains("/k/new=new@" + revision);
    }

    @Test
    void aDeletionOfOneKey() {
        b.put(b.event("/k/a1", null, ++revision));
        assertThat(counter.take()).isEqualTo(7);
        assertThat(b.table()).noneMatch(row -> row.startsWith("/k/a1="));
    }

    @Test
    void aConfirmationOfOneKey() {
        confirm("/k/a1", "mine");
        assertThat(counter.take()).isEqualTo(8);
        assertThat(b.pending()).isEmpty();
    }

    @Test
    void anAnswerToAnotherDatabase() {
        b.put(b.answer("/k/a1", 1, Outcome.REFUSED));
        assertThat(counter.take()).isEqualTo(5);
    }

    @Test
    void aHeartbeat() {
        b.put(b.heartbeat());
        assertThat(counter.take()).isEqualTo(2);
    }

    @Test
    void noRecords() {
        b.put();
        assertThat(counter.take()).isZero();
    }

    /** The keys of a batch share their round trips. */
    @Test
    void updatesOfManyKeys() {
        b.put(b.event("/k/a1", "x", ++revision), b.event("/k/a2", "x", ++revision), b.event("/k/a3", "x", ++revision));
        assertThat(counter.take()).isEqualTo(7);
    }
}
