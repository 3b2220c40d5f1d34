package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.testing.servers.PgBouncer;
import dev.etcdpg.testing.servers.PooledSessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the source behind a pooler in transaction mode. The source shares the server connections with applications. */
class PoolerIT {

    private static final String SETTINGS =
            """
            select name || '=' || setting from pg_settings
            where name not in ('transaction_isolation', 'application_name', 'client_encoding', 'TimeZone', 'DateStyle', 'standard_conforming_strings')
              and source = 'session'
            union all select 'listens to ' || c from pg_listening_channels() c
            union all select 'prepared ' || statement from pg_prepared_statements where from_sql or not from_sql
            order by 1""";

    @Test
    void worksAndLeavesNothingOnAConnection() throws SQLException {
        assumeThat(PgBouncer.isAvailable()).isTrue();
        try (SourceDatabase db = SourceDatabase.installed();
                PgBouncer pooler = PgBouncer.before(SourceDatabase.SERVER)) {
            Map<String, String> settings = db.settings();
            settings.put("connection.url", pooler.jdbcUrl(db.name));
            settings.put("poll.interval.ms", "50");
            try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
                for (int i = 0; i < 20; i++) {
                    db.put("/a/" + i, "v");
                    run.untilReceived(i + 1);
                }
                PooledSessions sessions = new PooledSessions(SETTINGS);
                for (int i = 0; i < 20; i++) {
                    run.poll();
                    try (Connection one = pooler.connect(db.name);
                            Connection other = pooler.connect(db.name)) {
                        one.setAutoCommit(false);
                        other.setAutoCommit(false);
                        sessions.look(one);
                        sessions.look(other);
                        // the pooler closes the server connection of a client that leaves within a transaction
                        one.rollback();
                        other.rollback();
                    }
                }
                assertThat(sessions.backends())
                        .as("the applications use all server connections, also those that the source has used")
                        .hasSize(2);
                assertThat(sessions.leftovers()).isEmpty();
            }
        }
    }
}
