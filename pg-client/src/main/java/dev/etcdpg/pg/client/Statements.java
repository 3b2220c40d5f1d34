package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The statements of a module on one connection. The driver keeps statements prepared by their text, as the connection is configured
 * ({@code prepareThreshold}); one file is one text and one plan.
 */
public final class Statements {

    private final Connection connection;
    private final SqlFiles files;

    /** @param connection stays the caller's */
    public Statements(Connection connection, SqlFiles files) {
        this.connection = connection;
        this.files = files;
    }

    /**
     * A statement to bind and run.
     *
     * @param name of the file, without {@code .sql}
     */
    public SqlStatement of(String name) {
        return new SqlStatement(connection, files.get(name));
    }

    /**
     * A statement on a table that is not known beforehand.
     *
     * @param table quoted (see {@link Identifiers}); replaces <code>${table}</code>
     */
    public SqlStatement on(String table, String name) {
        return new SqlStatement(connection, files.get(name, table));
    }

    /** Statements that travel together, in one round trip. */
    public Pipeline pipeline() {
        return new Pipeline(connection);
    }

    /** Runs a file of one or several statements without parameters, which are not kept prepared. */
    public void script(String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(files.get(name).jdbc());
        }
    }
}
