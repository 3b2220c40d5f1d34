package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Runs the statements of a module on one connection. The driver keeps a statement prepared for each text, as the connection is configured
 * ({@code prepareThreshold}). One file yields one text and one plan.
 */
public final class Statements {

    private final Connection connection;
    private final SqlFiles files;

    /** @param connection remains open; the caller closes it */
    public Statements(Connection connection, SqlFiles files) {
        this.connection = connection;
        this.files = files;
    }

    /**
     * Returns a statement to bind and run.
     *
     * @param name name of the file, without {@code .sql}
     */
    public SqlStatement of(String name) {
        return new SqlStatement(connection, files.get(name));
    }

    /**
     * Returns a statement on a table whose name is known only at run time.
     *
     * @param table quoted (see {@link Identifiers}); replaces <code>${table}</code>
     */
    public SqlStatement on(String table, String name) {
        return new SqlStatement(connection, files.get(name, table));
    }

    /** Returns an empty pipeline. Its statements take one round trip. */
    public Pipeline pipeline() {
        return new Pipeline(connection);
    }

    /** Runs a file of one or more statements without parameters. The statements are not kept prepared. */
    public void script(String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(files.get(name).jdbc());
        }
    }
}
