package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.SqlLogin;
import dev.etcdpg.testing.stack.SqlRole;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mirrored table and the bookkeeping. Changes are made as the role {@value #AUTHOR}, which has rights on the table only. The
 * bookkeeping is read as an operator. Replaces lost connections. Not thread-safe; {@link #another()} is for another
 * thread.
 */
final class DemoTable implements AutoCloseable {
    static final String AUTHOR = "alice";
    private static final String COLUMNS = "key, value, create_revision, mod_revision, version, lease";

    private final Stack stack;
    private SqlLogin author;
    private Connection application;
    private Connection operator;

    DemoTable(Stack stack) {
        this.stack = stack;
    }

    DemoTable another() {
        DemoTable another = new DemoTable(stack);
        another.author = author;
        return another;
    }

    boolean exists() throws SQLException {
        return number("select count(*) from pg_tables where schemaname = 'public' and tablename = 'etcd'") == 1;
    }

    /** Creates the role that makes the changes. */
    void createAuthor() {
        author = stack.newApplication(AUTHOR);
    }

    Entry get(String key) throws SQLException {
        List<Entry> found = new ArrayList<>();
        each("select " + COLUMNS + " from etcd where key = ?", found, key);
        return found.isEmpty() ? null : found.get(0);
    }

    Map<String, Entry> all() throws SQLException {
        List<Entry> found = new ArrayList<>();
        each("select " + COLUMNS + " from etcd", found);
        Map<String, Entry> all = new LinkedHashMap<>();
        found.forEach(entry -> all.put(entry.key(), entry));
        return all;
    }

    private void each(String sql, List<Entry> into, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(application(), sql, arguments);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                into.add(new Entry(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6)));
            }
        }
    }

    /** Runs a statement of the application in its own transaction, and returns the number of rows. */
    int execute(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(application(), sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    /** Returns the number of pending changes. */
    long pending() throws SQLException {
        return number("select count(*) from etcd_sync.etcd_pending");
    }

    /** Returns the first column of the first row of a query, as a number. */
    long number(String sql, Object... arguments) throws SQLException {
        return Long.parseLong(row(sql, arguments).get(0));
    }

    /** Returns the first row of a query, or null. */
    List<String> row(String sql, Object... arguments) throws SQLException {
        List<List<String>> rows = rows(sql, arguments);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Returns the rows of a query on the bookkeeping. */
    List<List<String>> rows(String sql, Object... arguments) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (PreparedStatement statement = prepare(operator(), sql, arguments);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    private Connection application() throws SQLException {
        if (isLost(application)) {
            application = author.connect();
        }
        return application;
    }

    private Connection operator() throws SQLException {
        if (isLost(operator)) {
            operator = stack.login(SqlRole.OPERATOR).connect();
        }
        return operator;
    }

    private static boolean isLost(Connection connection) throws SQLException {
        return connection == null || connection.isClosed();
    }

    @Override
    public void close() {
        for (Connection connection : new Connection[] {application, operator}) {
            if (connection != null) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    throw new IllegalStateException("cannot close a connection", e);
                }
            }
        }
    }
}
