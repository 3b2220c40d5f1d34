package dev.etcdpg.pg.source;

import dev.etcdpg.pg.client.PostgresConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** The database's side: dispatch and what it numbered. Each call is a transaction of its own. One connection, not thread-safe. */
final class SendStore implements AutoCloseable {

    /** Longer than any of our calls takes: a server that vanished without a word must not block the task for ever. */
    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(60);

    /**
     * @param numbered how many numbers were given
     * @param more whether another call would find more at once
     * @param locked keys that others had locked, to be looked at again soon
     */
    record Dispatched(long numbered, boolean more, long locked) {}

    private static final String DISPATCH = SqlFile.read("dispatch.sql");
    private static final String SENDS = SqlFile.read("sends.sql");
    private static final String READY = SqlFile.read("ready.sql");

    private final Connection connection;
    private final PreparedStatement dispatch;
    private final PreparedStatement sends;

    private SendStore(Connection connection) throws SQLException {
        this.connection = connection;
        this.dispatch = connection.prepareStatement(DISPATCH);
        this.sends = connection.prepareStatement(SENDS);
    }

    /**
     * @param prepared whether statements may be kept prepared in the server, which a pooler in transaction mode does not bear
     * @throws SchemaMissingException if the bookkeeping schema is not in the database (yet)
     */
    static SendStore open(PostgresConfig config, boolean prepared) throws SQLException, SchemaMissingException {
        Connection connection = config.open("etcd-pg-connect notify source", NETWORK_TIMEOUT);
        try {
            if (!prepared) {
                connection.unwrap(PGConnection.class).setPrepareThreshold(0);
            }
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(READY)) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new SchemaMissingException(config.bookkeepingSchema());
                }
            }
            return new SendStore(connection);
        } catch (SQLException | SchemaMissingException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** UUID that names this database. */
    String origin() throws SQLException {
        return texts("select origin from etcd_database").get(0);
    }

    List<String> routes() throws SQLException {
        return texts("select route from etcd_route order by route");
    }

    /** No number up to {@code to} will be given, whatever backup this database was restored from. */
    void raiseCounter(long to) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select etcd_raise_last_number(?)")) {
            statement.setLong(1, to);
            statement.execute();
        }
    }

    Dispatched dispatch(int maxKeys, int conflateAfter) throws SQLException {
        dispatch.setInt(1, maxKeys);
        dispatch.setInt(2, conflateAfter);
        try (ResultSet row = dispatch.executeQuery()) {
            row.next();
            return new Dispatched(row.getLong(1), row.getBoolean(2), row.getLong(3));
        }
    }

    /** Looks slowly for keys that everything else forgot. */
    void sweep() throws SQLException {
        texts("select etcd_sweep()");
    }

    /** What is numbered above {@code after} and still wanted, in order. */
    List<Send> sends(long after, int max) throws SQLException {
        sends.setLong(1, after);
        sends.setInt(2, max);
        List<Send> found = new ArrayList<>();
        try (ResultSet row = sends.executeQuery()) {
            while (row.next()) {
                found.add(send(row));
            }
        }
        return found;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static Send send(ResultSet row) throws SQLException {
        OffsetDateTime changedAt = row.getObject("changed_at", OffsetDateTime.class);
        Instant instant = changedAt == null ? null : changedAt.toInstant();
        return new Send(
                row.getLong("number"),
                row.getString("kind"),
                row.getString("route"),
                row.getString("key"),
                row.getString("op"),
                row.getString("value"),
                row.getLong("base_epoch"),
                row.getLong("base_revision"),
                row.getLong("lease"),
                row.getString("author"),
                row.getObject("of", Long.class),
                row.getString("after_key"),
                row.getString("through_key"),
                row.getString("reason"),
                row.getObject("change_id", Long.class),
                instant,
                row.getLong("won_epoch"),
                row.getLong("won_revision"),
                row.getBoolean("applied_late"));
    }

    private List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }
}
