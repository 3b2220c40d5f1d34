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

    /** The server has become a standby: the one to write to is found by connecting again. */
    private static final String READ_ONLY = "25006";

    private SqlFaults() {}

    static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.equals(READ_ONLY)
                || TRANSIENT.contains(state.substring(0, Math.min(2, state.length())));
    }
}
