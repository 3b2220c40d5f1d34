package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Finds servers that accept no writes. Without this check, a task that only reads now and then would not notice that it is connected to one. */
public final class ReadOnlyServer {

    private static final String READ_ONLY = "25006";

    private ReadOnlyServer() {}

    /**
     * Returns without an effect if the session can write.
     *
     * @throws SQLException with SQLSTATE 25006, which is transient, if the server is a standby or the session is read-only
     */
    public static void refuse(Connection connection) throws SQLException {
        String reason = reason(connection);
        if (reason != null) {
            throw new SQLException(reason, READ_ONLY);
        }
    }

    /** Returns a sentence that says why the session cannot write, and what to do; null if it can. */
    static @Nullable String reason(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select pg_is_in_recovery(), current_setting('transaction_read_only')::boolean")) {
            row.next();
            if (row.getBoolean(1)) {
                return "The server is a read-only standby. Let " + PostgresConfig.URL
                        + " name the primary, or all servers and the parameter targetServerType=primary: "
                        + "jdbc:postgresql://a:5432,b:5432/database?targetServerType=primary";
            }
            return row.getBoolean(2)
                    ? "The session is read-only. Switch default_transaction_read_only off for the role and the database"
                    : null;
        }
    }
}
