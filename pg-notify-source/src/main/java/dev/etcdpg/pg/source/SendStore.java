package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Calls dispatch and reads the sends that dispatch has numbered. Each call is a transaction of its own on one connection. Not thread-safe. */
final class SendStore implements AutoCloseable {

    static final SqlFiles SQL = new SqlFiles(SendStore.class, "sql");

    /** Longer than any call takes. A server that vanished must not block the task for ever. */
    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(60);

    /**
     * Result of a dispatch.
     *
     * @param numbered how many numbers were assigned
     * @param isMore whether another call would find more now
     * @param locked how many keys other transactions had locked; a later call looks at these keys
     */
    record Dispatched(long numbered, boolean isMore, long locked) {}

    private final Connection connection;
    private final Statements statements;

    private SendStore(Connection connection) {
        this.connection = connection;
        this.statements = new Statements(connection, SQL);
    }

    /**
     * Opens a connection.
     *
     * @param isPrepared whether the server may keep statements prepared, which a pooler in transaction mode does not support
     * @throws SchemaMissingException if the bookkeeping schema is not in the database (yet)
     */
    static SendStore open(PostgresConfig config, boolean isPrepared) throws SQLException, SchemaMissingException {
        Connection connection = config.open("etcd-pg-connect notify source", NETWORK_TIMEOUT);
        try {
            if (!isPrepared) {
                connection.unwrap(PGConnection.class).setPrepareThreshold(0);
            }
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            SendStore store = new SendStore(connection);
            if (!store.statements.of("is_ready").one(row -> row.getBoolean("is_ready"))) {
                throw new SchemaMissingException(config.bookkeepingSchema());
            }
            return store;
        } catch (SQLException | SchemaMissingException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** Returns the UUID of the database. */
    String origin() throws SQLException {
        return statements.of("origin").one(row -> row.getString("origin"));
    }

    List<String> routes() throws SQLException {
        return statements.of("routes").texts();
    }

    /** Makes dispatch assign only numbers above this one, even if the database was restored from a backup. */
    void raiseLastNumber(long number) throws SQLException {
        statements.of("raise_last_number").set("number", number).run();
    }

    /** Decides about up to {@code maxKeys} new changes and as many queued keys. */
    Dispatched dispatch(int maxKeys, int conflateAfter) throws SQLException {
        return statements
                .of("dispatch")
                .set("max_keys", maxKeys)
                .set("conflate_after", conflateAfter)
                .one(row -> new Dispatched(row.getLong("numbered"), row.getBoolean("more"), row.getLong("locked")));
    }

    /** Looks at some keys with pending changes, and queues the keys that dispatch has missed. */
    void sweep() throws SQLException {
        statements.of("sweep").run();
    }

    /** Returns, in order, the sends that are numbered above {@code after} and still wanted. */
    List<Send> sends(long after, int maxRows) throws SQLException {
        return statements
                .of("sends")
                .set("after", after)
                .set("max_rows", maxRows)
                .list(SendStore::send);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static Send send(ResultSet row) throws SQLException {
        long number = row.getLong("number");
        String route = row.getString("route");
        String kind = row.getString("kind");
        return switch (kind) {
            case "change" ->
                new Send.Change(
                        number,
                        route,
                        row.getString("key"),
                        row.getString("value"),
                        revision(row, "base"),
                        row.getLong("lease"),
                        row.getString("author"));
            case "probe" -> new Send.Probe(number, route, row.getString("key"), row.getLong("send_number"));
            case "request" ->
                new Send.SnapshotRequest(
                        number,
                        route,
                        new KeyRange(row.getString("after_key"), row.getString("through_key")),
                        row.getLong("request_id"));
            case "new_epoch" ->
                new Send.NewEpochRequest(number, route, row.getLong("base_epoch"), row.getString("reason"));
            case "conflict" ->
                new Send.Conflict(
                        number,
                        route,
                        row.getString("key"),
                        row.getString("value"),
                        row.getString("author"),
                        row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                        row.getLong("change_id"),
                        nullable(row, "send_number"),
                        revision(row, "base"),
                        revision(row, "won"),
                        row.getString("reason"),
                        row.getBoolean("applied_late"));
            default -> throw new IllegalStateException("etcd_sends returned the unknown kind \"" + kind + "\"");
        };
    }

    private static Revision revision(ResultSet row, String prefix) throws SQLException {
        return new Revision(row.getLong(prefix + "_epoch"), row.getLong(prefix + "_revision"));
    }

    private static @Nullable Long nullable(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Long.class);
    }
}
