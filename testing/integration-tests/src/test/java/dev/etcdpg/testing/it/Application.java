package dev.etcdpg.testing.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client of the mirrored table with a transaction of its own. The client counts refused transactions by SQLSTATE. */
final class Application implements AutoCloseable {
    static final String SERIALIZATION_FAILURE = "40001";
    static final String DEADLOCK = "40P01";

    private static final Set<Long> PROCESSES = ConcurrentHashMap.newKeySet();

    /** Statements of a transaction. */
    interface Work {
        void in(Application application) throws SQLException;
    }

    private final Connection connection;
    private final Queue<String> states = new ConcurrentLinkedQueue<>();

    /** @param name the application_name in PostgreSQL, after "it " */
    Application(Sides sides, String name) {
        try {
            connection = sides.postgres.connect();
            connection.setClientInfo("ApplicationName", "it " + name);
            PROCESSES.add(Long.parseLong(text("select pg_backend_pid()")));
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Whether a process of PostgreSQL serves a client of any test. */
    static boolean isOne(long process) {
        return PROCESSES.contains(process);
    }

    /** Runs one statement in the transaction. A failure of the statement is a failure of the test. */
    Application run(String sql, Object... arguments) {
        try {
            execute(sql, arguments);
            return this;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    int execute(String sql, Object... arguments) throws SQLException {
        if (arguments.length == 0) {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql) ? 0 : statement.getUpdateCount();
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement.execute() ? 0 : statement.getUpdateCount();
        }
    }

    /** Returns the first column of the first row, or null. */
    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** Runs a transaction that PostgreSQL may refuse. Then the client rolls it back and counts its SQLSTATE. */
    boolean attempt(Work work) {
        try {
            work.in(this);
            connection.commit();
            return true;
        } catch (SQLException e) {
            states.add(String.valueOf(e.getSQLState()));
            rollback();
            return false;
        }
    }

    Queue<String> states() {
        return states;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
