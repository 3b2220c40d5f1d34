package dev.etcdpg.pg.source;

import java.sql.SQLException;
import java.util.List;

/** Which failures of PostgreSQL pass by themselves. */
final class SqlFaults {

    /**
     * Connection lost or refused, transaction rolled back, resources used up, operator intervention, I/O error; and object not in use or
     * lock not available.
     */
    private static final List<String> TRANSIENT = List.of("08", "40", "53", "57", "58", "55");

    /**
     * What a new connection mends: the server has become a standby; a prepared statement is not what it was, or behind a pooler is
     * somebody else's.
     */
    private static final List<String> CONNECT_AGAIN = List.of("25006", "0A000", "26000", "42P05");

    /** Database, schema, table or function is not there: dropped and being made anew, or not made yet. */
    private static final List<String> MISSING = List.of("3D000", "3F000", "42P01", "42883");

    private SqlFaults() {}

    static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || CONNECT_AGAIN.contains(state)
                || TRANSIENT.contains(state.substring(0, Math.min(2, state.length())));
    }

    static boolean isMissing(SQLException e) {
        return e.getSQLState() != null && MISSING.contains(e.getSQLState());
    }
}
