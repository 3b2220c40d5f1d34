package dev.etcdpg.pg.client;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an error of PostgreSQL means to a connector, by its SQLSTATE (appendix A of PostgreSQL's documentation). What is none of these is
 * for somebody to look at: rights, passwords, settings, our own SQL.
 */
public final class SqlFaults {

    /** Goes away by itself, or with a new connection; by class, the first two characters. */
    private static final Set<String> TRANSIENT_CLASSES = Set.of(
            "08", // connection; a pooler reports most of its own faults as 08P01
            "40", // transaction rolled back: serialization, deadlock
            "53", // disk, memory or connections used up
            "57", // operator: canceled, shutting down, starting up, database dropped, session idle for too long
            "58" // the system that the server runs on: cannot read or write a file
            );

    private static final Set<String> TRANSIENT = Set.of(
            "25006", // read-only: a standby, or not promoted yet
            "25P03", // the server ended a session idle in its transaction
            "25P04", // the server ended a transaction that took too long
            "26000", // no such prepared statement: behind a pooler this is another session
            "42P05", // there is such a prepared statement: behind a pooler it is another's
            "3D000", // no such database: dropped, and perhaps being restored
            "55006", // in use: somebody drops or renames the database
            "55P03", // lock not available
            "72000" // snapshot too old
            );

    private static final Set<String> MISSING = Set.of(
            "3D000", // database
            "3F000", // schema
            "42P01", // table
            "42883" // function
            );

    /** By class: the value does not fit, a constraint, a limit of the server, raised by a trigger. */
    private static final Set<String> DATA_CLASSES = Set.of("22", "23", "54", "P0");

    private static final Set<String> DATA = Set.of(
            "40002", // a constraint that refuses at commit: not like its class, it would refuse again
            "44000" // the view's check option
            );

    /** How the server's source files begin in which functions in procedural languages raise errors of their own. */
    private static final Set<String> LANGUAGES = Set.of("pl_exec", "plpy", "plperl", "pltcl", "plv8");

    private static final Set<String> NAMES_TABLES = Set.of("42P01", "42501");

    private static final Set<String> WAIT = Set.of("55P03", "57014");

    private static final String NOT_SUPPORTED = "0A000";

    /** Where the server reports that a table is not as it was when the statement was prepared; the message is translated. */
    private static final String CACHED_PLAN = "RevalidateCachedQuery";

    private SqlFaults() {}

    /** It goes away by itself, on a new connection: restart, failover, deadlock, out of resources. The same may be tried again. */
    public static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || TRANSIENT.contains(state)
                || TRANSIENT_CLASSES.contains(classOf(state)) && !DATA.contains(state)
                || state.equals(NOT_SUPPORTED) && isCachedPlan(e);
    }

    /** Database, schema, table or function is not there: dropped and being made anew, or not made yet. */
    public static boolean isMissing(SQLException e) {
        return MISSING.contains(stateOf(e));
    }

    /** The data is at fault: a constraint or a trigger refuses it, or the type cannot hold it. */
    public static boolean isData(SQLException e) {
        String state = stateOf(e);
        return DATA.contains(state) || DATA_CLASSES.contains(classOf(state));
    }

    /** Others were in the way for longer than the statement may wait; transient, too. */
    public static boolean isWait(SQLException e) {
        return WAIT.contains(stateOf(e));
    }

    /** The sentence of the server, without the detail, which shows the row. */
    public static String describe(SQLException e) {
        ServerErrorMessage server = server(e);
        if (server == null) {
            String message = e.getMessage();
            return message == null ? e.toString() : message;
        }
        return server.getMessage() + " (SQLSTATE " + e.getSQLState()
                + (server.getConstraint() == null ? "" : ", constraint " + server.getConstraint()) + ")";
    }

    /**
     * The error as it may be logged and shown. What is wrong with the data, what a function of an application says for itself, and what is
     * wrong with a statement that it has put together, may quote a value: of that only SQLSTATE and constraint are left, and no cause. Other
     * sentences of the server name tables, rights and files.
     */
    public static SQLException withoutValues(SQLException e) {
        ServerErrorMessage server = server(e);
        if (!isData(e) && (server == null || !isRaised(server) && !isOfAStatementWithin(server))) {
            return e;
        }
        String constraint = server == null ? null : server.getConstraint();
        SQLException bare = new SQLException(
                "SQLSTATE " + e.getSQLState() + (constraint == null ? "" : ", constraint " + constraint),
                e.getSQLState());
        bare.setStackTrace(e.getStackTrace());
        return bare;
    }

    private static boolean isRaised(ServerErrorMessage server) {
        String file = server.getFile();
        return file != null && LANGUAGES.stream().anyMatch(file::startsWith);
    }

    /** Of a statement that a function executes; which table it misses, or may not use, is no secret. */
    private static boolean isOfAStatementWithin(ServerErrorMessage server) {
        String state = server.getSQLState();
        return server.getWhere() != null && "42".equals(classOf(state)) && !NAMES_TABLES.contains(state);
    }

    /** The same state is also that of what no server will ever do. */
    private static boolean isCachedPlan(SQLException e) {
        ServerErrorMessage server = server(e);
        return server != null && CACHED_PLAN.equals(server.getRoutine());
    }

    private static @Nullable ServerErrorMessage server(SQLException e) {
        return e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    }

    private static String stateOf(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    private static String classOf(String state) {
        return state.substring(0, Math.min(2, state.length()));
    }
}
