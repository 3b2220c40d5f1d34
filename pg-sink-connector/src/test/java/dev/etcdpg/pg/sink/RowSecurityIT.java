package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Postgres;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Row-level security must not hide rows from the sink. Earlier, a deletion in etcd left the hidden row behind, without a word. */
class RowSecurityIT {

    private final Postgres postgres = Postgres.shared();

    @Test
    void aDeletionOfAHiddenRowFailsTheTask() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
            b.sql("drop role if exists limited; create role limited login password 'limited'");
            b.sql("select etcd_sync.etcd_grant_to_connectors('limited')");
            b.settings.put("connection.user", "limited");
            b.settings.put("connection.password", "limited");
            b.settings.put("auto.create", "false");
            b.crash();
            b.put(b.event("/k/a", "2", 7));
            b.sql("alter table public.etcd enable row level security");

            SinkRecord deletion = b.event("/k/a", null, 8);
            assertThatThrownBy(() -> b.put(deletion))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContaining("row-level security policy for table \"etcd\"");
            assertThat(b.table()).containsExactly("/k/a=2@7", "/k/b=1@6");
            assertThat(b.one("select revision from etcd_sync.etcd_mirror where key = '/k/a'"))
                    .as("the deletion is not recorded as applied")
                    .isEqualTo("7");

            b.sql("alter role limited bypassrls");
            b.crash();
            b.put(deletion);
            assertThat(b.table()).containsExactly("/k/b=1@6");
        }
    }
}
