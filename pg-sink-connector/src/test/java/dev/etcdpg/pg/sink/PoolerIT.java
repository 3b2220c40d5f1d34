package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.testing.servers.PgBouncer;
import dev.etcdpg.testing.servers.PooledSessions;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
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
            PooledSessions sessions = new PooledSessions(SETTINGS);
            for (int i = 0; i < 20; i++) {
                try (Connection one = pooler.connect(b.database)) {
                    one.setAutoCommit(false);
                    sessions.look(one);
                    b.put(b.event("/k/a", "v" + i, 5 + i), b.event("/k/b" + i, "v", 5 + i), b.manifest(5 + i, "/k/a"));
                    one.rollback();
                    sessions.look(one);
                    one.rollback();
                }
            }
            assertThat(b.table()).containsExactly("/k/a=v19@24", "/k/b19=v@24");
            assertThat(sessions.backends())
                    .as("server connections, the sink's among them")
                    .hasSizeBetween(1, 2);
            assertThat(sessions.leftovers()).isEmpty();
        }
    }
}
