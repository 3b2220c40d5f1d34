package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.Presence;
import dev.etcdpg.pg.client.SequenceRepair;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/** A connection of the sink and the transaction on it. */
public final class SinkSession implements AutoCloseable {

    static final SqlFiles SQL = new SqlFiles(SinkSession.class, "sql");

    private final Connection connection;
    private final Statements statements;
    private final WaitLimits limits;
    private final String origin;
    private final String searchPath;
    private boolean dispatchHasWork;
    private boolean settled;

    private record Facts(long deadlockTimeout, String lockTimeout, String statementTimeout, String origin) {}

    /**
     * Takes the connection over; closes it if the session cannot be set up.
     *
     * @param schema bookkeeping schema, first in the search path
     */
    SinkSession(Connection connection, String schema) throws SQLException {
        this.connection = connection;
        statements = new Statements(connection, SQL);
        searchPath = Identifiers.searchPath(schema);
        try {
            connection.setAutoCommit(false);
            Pipeline pipeline = pipeline();
            Pipeline.Result<Facts> found = pipeline.one(
                    statements.of("session_facts"),
                    row -> new Facts(
                            row.getLong("deadlock_timeout"),
                            row.getString("lock_timeout"),
                            row.getString("statement_timeout"),
                            row.getString("origin")));
            pipeline.run();
            Facts facts = found.get();
            limits = new WaitLimits(statements, facts.deadlockTimeout(), facts.lockTimeout(), facts.statementTimeout());
            origin = facts.origin();
            rollback();
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

    /**
     * Returns a pipeline. Its statements take one round trip. The first pipeline of a transaction begins with the settings of the transaction: a
     * session may belong to a pooler, so nothing is set for longer than a transaction.
     */
    public Pipeline pipeline() {
        Pipeline pipeline = statements.pipeline();
        if (!settled) {
            settled = true;
            pipeline.add(statements.of("read_committed"))
                    .add(statements.of("transaction_settings").set("search_path", searchPath));
        }
        return pipeline;
    }

    /** Makes the settings of the transaction, unless a pipeline has made them. A transaction that begins without a pipeline needs this call. */
    public void settle() throws SQLException {
        if (!settled) {
            pipeline().run();
        }
    }

    /** Begins a transaction. Takes no round trip. */
    public void begin() {
        limits.begin();
        dispatchHasWork = false;
    }

    /** Makes each statement of this transaction check deferred constraints, which would otherwise be checked at the end. */
    public void checkConstraintsNow() throws SQLException {
        pipeline().add(sql("check_constraints_now")).run();
    }

    /** Announces the sink. Returns the names of other sinks with a common route. Takes one transaction. */
    public List<String> announce(Presence presence) throws SQLException {
        settle();
        List<String> others = presence.statement(connection).texts();
        commit();
        return others;
    }

    /** Returns the last values of the sequences of the bookkeeping schema. Takes one transaction. */
    public List<Long> sequencePositions() throws SQLException {
        settle();
        List<Long> positions = sql("sequence_positions").list(row -> row.getLong("position"));
        rollback();
        return positions;
    }

    /** Raises the sequences that are behind the ids in the tables. Takes one transaction. */
    public SequenceRepair repairSequences() throws SQLException {
        settle();
        SequenceRepair repair = sql("repair_sequences").one(SequenceRepair::of);
        commit();
        return repair;
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
        settled = false;
    }

    public void rollback() throws SQLException {
        connection.rollback();
        settled = false;
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
