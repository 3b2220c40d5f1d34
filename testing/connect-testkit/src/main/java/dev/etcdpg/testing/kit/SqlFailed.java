package dev.etcdpg.testing.kit;

import java.sql.SQLException;

/** The server refused a statement of a test. */
public final class SqlFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String state;

    public SqlFailed(SQLException cause) {
        super(cause.getSQLState() + " " + cause.getMessage(), cause);
        this.state = cause.getSQLState();
    }

    /** The SQLSTATE. */
    public String state() {
        return state;
    }
}
