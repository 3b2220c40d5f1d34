package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.testing.servers.PgBouncer;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests the sink behind a pooler in transaction mode, whose server connections it shares with applications. */
class PoolerIT {

    private static final String SETTINGS =
            """
            select name || '=' || setting from pg_settings
            where name not in ('transaction_isolation', 'application_name', 'client_encoding', 'TimeZone', 'DateStyle', 'standard_conforming_strings')
              and source = 'session' and setting <> reset_val
            union all select 'prepared ' || statement from pg_prepared_statements
            order by 1""";

    private final Postgres postgres = Postgres.shared();

    /** Earlier, the planner settings of the sink stayed on the connections of the pooler, and its statements failed on others. */
    @Test
    void theSinkWorksAndLeavesNothingOnAConnection() throws SQLException {
        assumeThat(PgBouncer.isAvailable()).isTrue();
        try (Bench b = new Bench(postgres);
                PgBouncer pooler = PgBouncer.before(postgres)) {
            b.ready();
            b.settings.put("connection.url", pooler.jdbcUrl(b.database));
            b.crash();
            Set<String> left = new TreeSet<>();
            Set<Integer> backends = new TreeSet<>();
            for (int i = 0; i < 20; i++) {
                try (Connection one = pooler.connect(b.database)) {
                    one.setAutoCommit(false);
                    left.addAll(settings(one, backends));
                    b.put(b.event("/k/a", "v" + i, 5 + i), b.event("/k/b" + i, "v", 5 + i), b.manifest(5 + i, "/k/a"));
                    one.rollback();
                    left.addAll(settings(one, backends));
                    one.rollback();
                }
            }
            assertThat(b.table()).containsExactly("/k/a=v19@24", "/k/b19=v@24");
            assertThat(backends).as("server connections, the sink's among them").hasSizeBetween(1, 2);
            assertThat(left).isEmpty();
        }
    }

    private static Set<String> settings(Connection connection, Set<Integer> backends) throws SQLException {
        Set<String> found = new TreeSet<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                backends.add(row.getInt(1));
            }
            try (ResultSet rows = statement.executeQuery(SETTINGS)) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }
}
