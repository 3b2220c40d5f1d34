package dev.etcdpg.testing.servers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/** Collects what an application finds on the server connections that a pooler gives to it. */
public final class PooledSessions {

    private final String query;
    private final Set<Integer> backends = new TreeSet<>();
    private final Set<String> leftovers = new TreeSet<>();

    /** @param query returns a text for each thing that a connector has left on the session */
    public PooledSessions(String query) {
        this.query = query;
    }

    /** Looks at the session behind a connection, in the transaction of the connection. */
    public void look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                backends.add(row.getInt(1));
            }
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    leftovers.add(rows.getString(1));
                }
            }
        }
    }

    /** Returns the process ids of the server connections. */
    public Set<Integer> backends() {
        return backends;
    }

    public Set<String> leftovers() {
        return leftovers;
    }
}
