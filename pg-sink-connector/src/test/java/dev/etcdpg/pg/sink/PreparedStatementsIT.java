package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Tests prepared statements that are no longer valid: a table was altered, or a pooler provides another session. */
class PreparedStatementsIT {

    private final Postgres postgres = Postgres.shared();

    @Test
    void aTableMayBeAlteredWhileTheSinkRuns() {
        try (Bench b = new Bench(postgres)) {
            for (int i = 0; i < 10; i++) {
                b.put(b.event("/k/a", "v" + i, 5 + i));
            }
            b.sql("alter table public.etcd alter column key type varchar(2048)");
            b.putUntilDone(b.event("/k/a", "last", 20));
            assertThat(b.table()).containsExactly("/k/a=last@20");
        }
    }

    @Test
    void theServerReportsPreparedStatements() throws Exception {
        try (Bench b = new Bench(postgres);
                Connection connection = b.connect();
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            sql.execute("create table public.t (a int)");
            connection.commit();

            String select = "select a from public.t";
            SQLException altered =
                    failure(connection, select, () -> b.sql("alter table public.t alter column a type bigint"));
            assertThat(altered.getSQLState()).isEqualTo("0A000");
            assertThat(SqlFaults.isTransient(altered)).isTrue();

            SQLException gone = failure(connection, select, () -> forget(connection));
            assertThat(gone.getSQLState()).isEqualTo("26000");
            assertThat(SqlFaults.isTransient(gone)).isTrue();

            SQLException unsupported = catchThrowableOfType(
                    SQLException.class, () -> sql.execute("select count(*) from public.t for update"));
            assertThat(unsupported.getSQLState()).isEqualTo("0A000");
            assertThat(SqlFaults.isTransient(unsupported)).isFalse();
        }
    }

    @Test
    void aPreparedStatementOfAnotherSessionIsTransient() throws Exception {
        try (Bench b = new Bench(postgres);
                Connection connection = b.connect();
                Statement sql = connection.createStatement()) {
            sql.execute("prepare \"S_1\" as select 1");
            SQLException taken = catchThrowableOfType(SQLException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    prepared(connection, "select 2");
                }
            });
            assertThat(taken.getSQLState()).isEqualTo("42P05");
            assertThat(SqlFaults.isTransient(taken)).isTrue();
        }
    }

    /** The server prepared the statement before the change. */
    private static SQLException failure(Connection connection, String select, ThrowingRunnable change)
            throws Exception {
        try (PreparedStatement prepared = connection.prepareStatement(select)) {
            for (int i = 0; i < 10; i++) {
                prepared.executeQuery().close();
            }
            connection.commit();
            change.run();
            SQLException failure = catchThrowableOfType(SQLException.class, prepared::executeQuery);
            connection.rollback();
            return failure;
        }
    }

    /** The driver would notice the plain command. */
    private static void forget(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("do $$begin execute 'deallocate all'; end$$");
        }
    }

    private static void prepared(Connection connection, String select) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.executeQuery().close();
        }
    }

    private interface ThrowingRunnable {
        void run() throws SQLException;
    }
}
