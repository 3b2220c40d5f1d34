package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

/** A connection of the sink and the transaction on it. */
public final class SinkSession implements AutoCloseable {

    static final SqlFiles SQL = new SqlFiles(SinkSession.class, "sql");

    private final Connection connection;
    private final Statements statements;
    private final WaitLimits limits;
    private final String origin;
    private boolean dispatchHasWork;

    private record Facts(long deadlockTimeout, String lockTimeout, String statementTimeout, String origin) {}

    /** Takes the connection over; closes it if the session cannot be set up. */
    SinkSession(Connection connection) throws SQLException {
        this.connection = connection;
        statements = new Statements(connection, SQL);
        try {
            connection.setAutoCommit(true);
            statements.script("session");
            Facts facts = statements
                    .of("session_facts")
                    .one(row -> new Facts(
                            row.getLong("deadlock_timeout"),
                            row.getString("lock_timeout"),
                            row.getString("statement_timeout"),
                            row.getString("origin")));
            limits = new WaitLimits(statements, facts.deadlockTimeout(), facts.lockTimeout(), facts.statementTimeout());
            origin = facts.origin();
            connection.setAutoCommit(false);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Returns the UUID that identifies the database. */
    public String origin() {
        return origin;
    }

    /** Returns the limits of the current transaction. */
    public WaitLimits limits() {
        return limits;
    }

    SqlStatement sql(String name) {
        return statements.of(name);
    }

    SqlStatement on(MirroredTable table, String name) {
        return statements.on(table.name(), name);
    }

    /** Returns an empty pipeline. Its statements take one round trip. */
    public Pipeline pipeline() {
        return statements.pipeline();
    }

    /** Begins a transaction. Takes no round trip. */
    public void begin() {
        limits.begin();
        dispatchHasWork = false;
    }

    /** Makes each statement of this transaction check deferred constraints, which would otherwise be checked at the end. */
    public void checkConstraintsNow() throws SQLException {
        statements.script("check_constraints_now");
    }

    /** Requests a notification of dispatch at the commit. */
    public void notifyDispatch() {
        dispatchHasWork = true;
    }

    /** Adds the statements that must run at the end of the transaction. */
    public void addFinalStatements(Pipeline pipeline) {
        if (dispatchHasWork) {
            pipeline.add(sql("notify_dispatch"));
        }
    }

    public void commit() throws SQLException {
        connection.commit();
    }

    public void rollback() throws SQLException {
        connection.rollback();
    }

    public Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    public void release(Savepoint savepoint) throws SQLException {
        connection.releaseSavepoint(savepoint);
    }

    /** Undoes the work since the savepoint, and removes the savepoint. */
    public void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
        connection.releaseSavepoint(savepoint);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
