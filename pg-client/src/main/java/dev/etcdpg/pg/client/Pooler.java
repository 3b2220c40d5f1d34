package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * A connection pooler between this process and PostgreSQL. In transaction mode, each transaction may have another session of the server. A
 * session then has no state of ours between two transactions: no settings, no prepared statements, no LISTEN.
 */
public final class Pooler {

    private Pooler() {}

    /**
     * Returns whether there is a pooler. A pooler makes up the process id that it tells the driver, because a session of the server belongs to
     * several clients.
     */
    public static boolean isBetween(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
        }
    }
}
