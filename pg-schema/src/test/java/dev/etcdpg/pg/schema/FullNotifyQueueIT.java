package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Somebody else listens in the same cluster and stays in a transaction, until no notification fits into the queue any more. */
class FullNotifyQueueIT {

    @Test
    void applicationsAndConnectorsStillCommit() throws SQLException {
        assumeThat(Db.VERSION)
                .as("the size of the queue is a setting from version 17 on")
                .isEqualTo(PostgresVersion.HIGH);
        try (Postgres server = Postgres.builder()
                        .name("postgres-notify")
                        .setting("max_notify_queue_pages", "64")
                        .start();
                Connection listener = server.connect("postgres");
                Statement listening = listener.createStatement();
                Connection application = server.connect("postgres");
                Statement statement = application.createStatement()) {
            Migrations.apply(
                    new ConnectionFactory(server.jdbcUrl("postgres"), server.user(), server.password()), "etcd_sync");
            statement.execute("select etcd_sync.etcd_install('app', '/a/')");
            listening.execute("listen elsewhere");
            listener.setAutoCommit(false);
            listening.execute("select 1");

            SQLException full = catchThrowableOfType(SQLException.class, () -> {
                while (true) {
                    statement.execute("notify elsewhere, '" + "x".repeat(7_900) + "'");
                }
            });
            assertThat(full.getSQLState()).isEqualTo("54000");
            assertThat(SqlFaults.isTransient(full))
                    .as("it passes when the transaction of the listener ends")
                    .isTrue();
            assertThat(SqlFaults.isData(full)).isFalse();

            statement.execute("insert into public.app (key, value) values ('/a/1', 'x')");
            statement.execute("select etcd_sync.etcd_notify()");

            listener.rollback();
            assertThat(server.query("postgres", "select key from etcd_sync.etcd_pending"))
                    .containsExactly("/a/1");
        }
    }
}
