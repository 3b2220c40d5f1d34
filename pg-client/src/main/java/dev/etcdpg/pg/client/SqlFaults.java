package dev.etcdpg.pg.client;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Classifies errors of PostgreSQL by their SQLSTATE (appendix A of PostgreSQL's documentation). An error in none of the classes needs an
 * operator, who must correct rights, passwords or settings, or report a fault in the connector's own SQL.
 */
public final class SqlFaults {

    /** Classes (the first two characters) of errors that pass by themselves, or with a new connection. */
    private static final Set<String> TRANSIENT_CLASSES = Set.of(
            "08", // connection; a pooler reports most of its own errors as 08P01
            "40", // transaction rolled back: serialization, deadlock
            "53", // disk, memory or connections used up
            "57", // operator intervention: query canceled, server shutting down or starting up, database dropped,
            // session idle too long
            "58" // system error outside of PostgreSQL: cannot read or write a file
            );

    private static final Set<String> TRANSIENT = Set.of(
            "25006", // read-only: a standby, or not promoted yet
            "25P03", // the server ended a session idle in its transaction
            "25P04", // the server ended a transaction that took too long
            "26000", // prepared statement does not exist: behind a pooler this is another session
            "42P05", // prepared statement exists: behind a pooler another client prepared it
            "3D000", // database does not exist: perhaps it is being restored
            "55006", // object in use: the database is being dropped or renamed
            "55P03", // lock not available
            "72000" // snapshot too old
            );

    private static final Set<String> MISSING = Set.of(
            "3D000", // database
            "3F000", // schema
            "42P01", // table
            "42883" // function
            );

    /** Classes of errors in the data: the value does not fit, a constraint, a limit of the server, an error raised by a trigger. */
    private static final Set<String> DATA_CLASSES = Set.of("22", "23", "54", "P0");

    private static final Set<String> DATA = Set.of(
            "40002", // constraint violated at commit: unlike others of its class, it fails again
            "44000" // the view's check option
            );

    /** Prefixes of the server's source files in which functions in procedural languages raise their errors. */
    private static final Set<String> LANGUAGES = Set.of("pl_exec", "plpy", "plperl", "pltcl", "plv8");

    /**
     * The first line of the context of an error that one of the project's own functions raises. Their hints contain no value. The server names
     * a function with its schema if the bookkeeping schema, which is first in the search path, has a function of the same name.
     */
    private static final Pattern OWN_FUNCTION =
            Pattern.compile("PL/pgSQL function etcd_(check_row|refuse_truncate|install|uninstall"
                    + "|write_mirrored_row|resolve|resync|accept_source)\\(.*\\) line \\d+ at RAISE");

    /**
     * The call of a function of dispatch that executes a statement on a mirrored table. The statement has parameters, so no value is in its text.
     */
    private static final Pattern OWN_STATEMENT = Pattern.compile(
            "PL/pgSQL function etcd_(choose_changes|number_changes|confirm_changes|try_write_revisions)\\(.*");

    private static final Set<String> NAMES_TABLES = Set.of("42P01", "42501");

    private static final Set<String> WAIT = Set.of("55P03", "57014");

    private static final String NOT_SUPPORTED = "0A000";
    private static final String NOT_READY = "55000";
    private static final String LIMIT_EXCEEDED = "54000";

    /** Routine of the server that refuses a new connection while an administrator does not allow any. */
    private static final String NEW_CONNECTION = "CheckMyDatabase";

    /** The server's source file that implements NOTIFY. */
    private static final String NOTIFY_FILE = "async.c";

    /**
     * Routine of the server that reports that a table was altered since the statement was prepared. The message cannot be compared, because it
     * is translated.
     */
    private static final String CACHED_PLAN = "RevalidateCachedQuery";

    private SqlFaults() {}

    /**
     * Returns whether the error passes by itself on a new connection: restart, failover, deadlock, out of resources. The statement can be
     * retried.
     */
    public static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || TRANSIENT.contains(state)
                || TRANSIENT_CLASSES.contains(classOf(state)) && !DATA.contains(state)
                || state.equals(NOT_SUPPORTED) && isCachedPlan(e)
                || state.equals(NOT_READY) && isOfRoutine(e, NEW_CONNECTION)
                || state.equals(LIMIT_EXCEEDED) && isFullQueue(e);
    }

    /** Returns whether a database, schema, table or function does not exist, because it is not created yet or is being created again. */
    public static boolean isMissing(SQLException e) {
        return MISSING.contains(stateOf(e));
    }

    /** Returns whether a constraint, a trigger or the type of the column refuses the data. */
    public static boolean isData(SQLException e) {
        String state = stateOf(e);
        if (state.equals(LIMIT_EXCEEDED) && isFullQueue(e)) {
            return false;
        }
        return DATA.contains(state) || DATA_CLASSES.contains(classOf(state));
    }

    /** Returns whether another transaction was in the way for longer than the statement may wait. Such an error is also transient. */
    public static boolean isWait(SQLException e) {
        return WAIT.contains(stateOf(e));
    }

    /** Returns the server's message with the SQLSTATE, and the hint if there is one. The detail is left out, because it shows the row. */
    public static String describe(SQLException e) {
        ServerErrorMessage server = server(e);
        if (server == null) {
            String message = e.getMessage();
            return message == null ? e.toString() : message;
        }
        return server.getMessage() + " (SQLSTATE " + e.getSQLState()
                + (server.getConstraint() == null ? "" : ", constraint " + server.getConstraint()) + ")"
                + (server.getHint() == null ? "" : ". Hint: " + server.getHint());
    }

    /**
     * Returns the error in a form that can be logged. Three kinds of messages may quote a value: errors in the data, errors that a function of
     * an application raises, and errors in a statement that such a function composes. For these kinds, only the SQLSTATE, the constraint and the
     * hint of a function of this project remain, and the cause is removed. Other messages of the server name tables, rights and files, and remain as they are.
     */
    public static SQLException withoutValues(SQLException e) {
        ServerErrorMessage server = server(e);
        if (!isData(e) && (server == null || !isRaised(server) && !isOfAStatementWithin(server))) {
            return e;
        }
        String constraint = server == null ? null : server.getConstraint();
        SQLException bare = new SQLException(
                "SQLSTATE " + e.getSQLState() + (constraint == null ? "" : ", constraint " + constraint)
                        + ownHint(server),
                e.getSQLState());
        bare.setStackTrace(e.getStackTrace());
        return bare;
    }

    private static String ownHint(@Nullable ServerErrorMessage server) {
        if (server == null || server.getHint() == null || server.getWhere() == null || !isRaised(server)) {
            return "";
        }
        String raising = server.getWhere().lines().findFirst().orElse("");
        return OWN_FUNCTION.matcher(raising).matches() ? ". Hint: " + server.getHint() : "";
    }

    private static boolean isRaised(ServerErrorMessage server) {
        String file = server.getFile();
        return file != null && LANGUAGES.stream().anyMatch(file::startsWith);
    }

    /**
     * Returns whether the error is in a statement that a function of an application may have composed. The name of a missing or forbidden table is
     * no secret.
     */
    private static boolean isOfAStatementWithin(ServerErrorMessage server) {
        String state = server.getSQLState();
        String context = server.getWhere();
        return context != null
                && "42".equals(classOf(state))
                && !NAMES_TABLES.contains(state)
                && !isOwnStatement(context);
    }

    /** Returns whether the innermost function is one of this project. */
    private static boolean isOwnStatement(String context) {
        return context.lines()
                .filter(line -> line.startsWith("PL/"))
                .findFirst()
                .filter(line -> OWN_STATEMENT.matcher(line).matches())
                .isPresent();
    }

    /** Returns whether a cached plan is out of date. The same SQLSTATE also reports features that the server does not support. */
    private static boolean isCachedPlan(SQLException e) {
        return isOfRoutine(e, CACHED_PLAN);
    }

    private static boolean isOfRoutine(SQLException e, String routine) {
        ServerErrorMessage server = server(e);
        return server != null && routine.equals(server.getRoutine());
    }

    /**
     * Returns whether the queue of NOTIFY is full, because a session that listens is in a transaction for too long. The same SQLSTATE also
     * reports a value that is too large for an index.
     */
    private static boolean isFullQueue(SQLException e) {
        ServerErrorMessage server = server(e);
        return server != null && NOTIFY_FILE.equals(server.getFile());
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
