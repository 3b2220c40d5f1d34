package dev.etcdpg.pg.sink.apply;

import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an error of PostgreSQL means for the sink, by its SQLSTATE. */
public final class Failures {

    private static final Set<String> TRANSIENT = Set.of(
            "40001", // serialization failure
            "40P01", // deadlock
            "55P03", // lock not available
            "57014", // canceled
            "3D000", // no such database: dropped, and perhaps being restored
            "25006" // read-only: a standby, or not promoted yet
            );

    private Failures() {}

    /** It goes away by itself: lost connection, restart, deadlock, out of resources. */
    public static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57P0")
                || TRANSIENT.contains(state);
    }

    /** A table, function or schema is not there. */
    public static boolean isMissing(SQLException e) {
        return Set.of("42P01", "42883", "3F000").contains(String.valueOf(e.getSQLState()));
    }

    /** The data is at fault: a constraint or a trigger refuses it, or the type cannot hold it. */
    static boolean isData(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && (state.startsWith("22")
                        || state.startsWith("23")
                        || state.startsWith("54")
                        || state.startsWith("P0")
                        || state.equals("44000"));
    }

    /** Others were in the way for longer than a set-based statement may wait. */
    static boolean isWait(SQLException e) {
        return "55P03".equals(e.getSQLState()) || "57014".equals(e.getSQLState());
    }

    /** The sentence of the server, without the detail, which shows the row. */
    public static String describe(SQLException e) {
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        if (server == null) {
            return e.getMessage();
        }
        return server.getMessage() + " (SQLSTATE " + e.getSQLState()
                + (server.getConstraint() == null ? "" : ", constraint " + server.getConstraint()) + ")";
    }
}
