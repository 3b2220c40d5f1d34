package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The table of the examples. The PostgreSQL sink creates it some time after the connector is RUNNING. */
final class ExampleTable {
    private static final Duration CREATED = Duration.ofSeconds(120);
    private static final Duration AGAIN = Duration.ofMillis(50);
    private static final String IS_THERE =
            "select to_regclass('public.etcd') is not null and to_regclass('etcd_sync.etcd_snapshot') is not null";
    private static final String HAS_A_SNAPSHOT =
            "select exists (select from etcd_sync.etcd_snapshot where route = 'etcd')";

    private final Postgres postgres;

    ExampleTable(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Waits until the table exists and the first snapshot has ended. */
    void await() {
        try {
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(AGAIN)
                    .atMost(CREATED)
                    .ignoreException(SQLException.class)
                    .until(this::isReady);
        } catch (ConditionTimeoutException timeout) {
            throw new SandboxException(
                    "the connectors run, and the table public.etcd is not ready after " + CREATED.toSeconds() + " s",
                    timeout);
        }
    }

    private boolean isReady() throws SQLException {
        try (Connection connection = postgres.connect(Stack.DATABASE);
                Statement statement = connection.createStatement()) {
            return isTrue(statement, IS_THERE) && isTrue(statement, HAS_A_SNAPSHOT);
        }
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
