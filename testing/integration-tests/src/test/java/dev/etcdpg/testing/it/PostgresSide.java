package dev.etcdpg.testing.it;

import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.stack.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The mirrored table and the bookkeeping. Each call opens a connection, because tests restart the server. */
final class PostgresSide {
    private static final int FETCH = 10_000;

    private final Postgres postgres;
    private final String database;

    PostgresSide(Postgres postgres, String database) {
        this.postgres = postgres;
        this.database = database;
    }

    /** Runs one statement in a transaction of its own, and returns the number of rows. */
    int execute(String sql, Object... arguments) {
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.execute() ? 0 : statement.getUpdateCount();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Returns the first column of each row as text. */
    List<String> query(String sql, Object... arguments) {
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet result = statement.executeQuery()) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    long number(String sql, Object... arguments) {
        return Long.parseLong(query(sql, arguments).get(0));
    }

    Map<String, Entry> all(String table) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = prepare(
                    connection, "select key, value, create_revision, mod_revision, version, lease from " + table)) {
                statement.setFetchSize(FETCH);
                Map<String, Entry> all = new TreeMap<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        all.put(
                                row.getString(1),
                                new Entry(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getLong(5),
                                        row.getLong(6)));
                    }
                }
                return all;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    Connection connect() throws SQLException {
        return postgres.connect(database);
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}
