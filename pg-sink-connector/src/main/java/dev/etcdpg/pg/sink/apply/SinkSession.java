package dev.etcdpg.pg.sink.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;

/** A connection to PostgreSQL and the transaction on it. */
public final class SinkSession implements AutoCloseable {

    /** So much earlier than need be we stop waiting, in ms; at most half of deadlock_timeout. */
    private static final long MARGIN = 50;

    private final Connection connection;
    private final long deadlockTimeout;
    private final String lockTimeout;
    private final String statementTimeout;
    private final String origin;
    private long firstLock;
    private boolean wakes;

    /** Takes the connection over, and closes it if it is of no use. */
    SinkSession(Connection connection) throws SQLException {
        this.connection = connection;
        try {
            connection.setAutoCommit(true);
            execute("session");
            deadlockTimeout =
                    sql("deadlock_timeout").list(row -> row.getLong(1)).get(0);
            List<String> timeouts = sql("timeouts")
                    .list(row -> List.of(row.getString(1), row.getString(2)))
                    .get(0);
            lockTimeout = timeouts.get(0);
            statementTimeout = timeouts.get(1);
            origin = sql("database").texts().get(0);
            connection.setAutoCommit(false);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** UUID that names the database. */
    public String origin() {
        return origin;
    }

    Query sql(String name) {
        return new Query(connection, Sql.of(name));
    }

    Query on(String table, String name) {
        return new Query(connection, Sql.on(table, name));
    }

    void execute(String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(Sql.of(name));
        }
    }

    void executeOn(String table, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(Sql.on(table, name));
        }
    }

    /** Begins a transaction whose writes are marked as the sink's own. */
    void begin() throws SQLException {
        firstLock = 0;
        wakes = false;
        sql("begin").texts();
    }

    /** After the commit dispatch is told that something waits for it. */
    void wake() {
        wakes = true;
    }

    void commit() throws SQLException {
        if (wakes) {
            sql("notify").list(row -> null);
        }
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    void release(Savepoint savepoint) throws SQLException {
        connection.releaseSavepoint(savepoint);
    }

    void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
        connection.releaseSavepoint(savepoint);
    }

    /** From now on an application may be waiting for us. */
    void locking() {
        if (firstLock == 0) {
            firstLock = System.nanoTime();
        }
    }

    /**
     * How long we may still wait for an application, in ms. PostgreSQL looks for a deadlock in whoever has waited for deadlock_timeout, and
     * an application may have waited for us since our first lock: if we stop waiting before that, it is never the victim.
     */
    private long budget() {
        long passed = firstLock == 0 ? 0 : (System.nanoTime() - firstLock) / 1_000_000;
        return deadlockTimeout - Math.min(MARGIN, deadlockTimeout / 2) - passed;
    }

    /** Whether there is time left in which an application may be waited for. */
    boolean mayWait() {
        return budget() > 0;
    }

    /**
     * Limits the waits of the statements that follow, and their duration.
     *
     * @param longest of a single wait, in ms
     * @throws SQLException as if it had been waited in vain, if there is no time left to wait in
     */
    void limitWaits(long longest) throws SQLException {
        long budget = budget();
        if (budget <= 0) {
            throw new SQLException("no time left to wait for others", "55P03");
        }
        sql("limit_waits")
                .add(Long.toString(Math.min(longest, budget)))
                .add(Long.toString(budget))
                .list(row -> null);
    }

    void unlimitWaits() throws SQLException {
        sql("limit_waits").add(lockTimeout).add(statementTimeout).list(row -> null);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
