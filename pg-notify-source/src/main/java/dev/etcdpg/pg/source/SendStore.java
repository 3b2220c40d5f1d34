package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.Pooler;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.Presence;
import dev.etcdpg.pg.client.RowReader;
import dev.etcdpg.pg.client.SequenceRepair;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Calls dispatch and reads the sends that dispatch has numbered. Each call is a transaction of its own on one connection, and leaves no setting
 * on the session. Not thread-safe.
 */
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
     * @param isWithheld whether a transaction that commits later may not notify, because enough notifications were under way
     */
    record Dispatched(long numbered, boolean isMore, long locked, boolean isWithheld) {}

    private record Counts(long numbered, boolean isMore, long locked) {}

    private final Connection connection;
    private final Statements statements;
    private final String searchPath;

    private SendStore(Connection connection, String schema) {
        this.connection = connection;
        this.statements = new Statements(connection, SQL);
        this.searchPath = Identifiers.searchPath(schema);
    }

    /**
     * Opens a connection.
     *
     * @throws SchemaMissingException if the bookkeeping schema is not in the database (yet)
     * @throws ConnectException if the role may not use the schema
     */
    static SendStore open(PostgresConfig config) throws SQLException, SchemaMissingException {
        Connection connection = config.open("etcd-pg-connect notify source", NETWORK_TIMEOUT);
        try {
            connection.setAutoCommit(false);
            SendStore store = new SendStore(connection, config.bookkeepingSchema());
            store.check(config.bookkeepingSchema());
            return store;
        } catch (SQLException | SchemaMissingException | ConnectException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private void check(String schema) throws SQLException, SchemaMissingException {
        Readiness readiness = one(
                "readiness",
                statement -> statement.set("schema", schema),
                row -> new Readiness(
                        row.getString("role"), row.getBoolean("is_installed"), row.getBoolean("is_permitted")));
        if (!readiness.isInstalled()) {
            throw new SchemaMissingException(schema);
        }
        if (!readiness.isPermitted()) {
            throw new ConnectException("The role " + readiness.role() + " may not use the schema " + schema
                    + ". Run in the database: select " + SourceRights.call(schema, readiness.role()));
        }
    }

    private record Readiness(String role, boolean isInstalled, boolean isPermitted) {}

    /** Returns whether there is a pooler, so that a session cannot listen. */
    boolean isPooled() throws SQLException {
        boolean isPooled = Pooler.isBetween(connection);
        connection.commit();
        return isPooled;
    }

    Sender sender() throws SQLException {
        return one("identity", row -> new Sender(row.getString("origin"), row.getString("database")));
    }

    List<Route> routes() throws SQLException {
        return list("routes", statement -> statement, SendStore::route);
    }

    /** Returns the state of each route. */
    List<NotifySourceMetrics.Status> status() throws SQLException {
        return list(
                "status",
                statement -> statement,
                row -> new NotifySourceMetrics.Status(
                        row.getString("route"),
                        row.getLong("pending"),
                        row.getDouble("oldest_pending_ms"),
                        row.getLong("held"),
                        row.getDouble("oldest_held_ms"),
                        row.getDouble("oldest_transaction_ms")));
    }

    /** Makes dispatch assign only numbers above this one, even if the database was restored from a backup. */
    void raiseLastNumber(long number) throws SQLException {
        one("raise_last_number", statement -> statement.set("number", number), row -> true);
    }

    /** Raises the sequences that are behind the ids in the tables. */
    SequenceRepair repairSequences() throws SQLException {
        return one("repair_sequences", SequenceRepair::of);
    }

    /** Announces this run of the source. Returns the names of other sources that work on the database. */
    List<String> announce(Presence presence) throws SQLException {
        Pipeline transaction = transaction();
        Pipeline.Result<List<String>> others =
                transaction.list(presence.statement(connection), row -> row.getString("name"));
        transaction.run();
        connection.commit();
        return others.get();
    }

    /**
     * Decides about up to {@code maxKeys} new changes and as many queued keys.
     *
     * @param isListening whether later changes must notify again
     */
    Dispatched dispatch(int maxKeys, int conflateAfter, boolean isListening) throws SQLException {
        Pipeline transaction = transaction();
        Pipeline.Result<Boolean> withheld = isListening
                ? transaction.one(statements.of("want_notifications"), row -> row.getBoolean("is_withheld"))
                : Pipeline.Result.of(false);
        Pipeline.Result<Counts> counts = transaction.one(
                statements.of("dispatch").set("max_keys", maxKeys).set("conflate_after", conflateAfter),
                row -> new Counts(row.getLong("numbered"), row.getBoolean("more"), row.getLong("locked")));
        transaction.run();
        connection.commit();
        Counts found = counts.get();
        return new Dispatched(found.numbered(), found.isMore(), found.locked(), withheld.get());
    }

    /** Returns changes that wait for another connector. */
    List<WaitingChange> waiting() throws SQLException {
        return list(
                "waiting",
                statement -> statement,
                row -> new WaitingChange(row.getString("route"), row.getString("key"), row.getLong("send_number")));
    }

    /** Looks at some keys with pending changes, and queues the keys that dispatch has missed. */
    void sweep() throws SQLException {
        one("sweep", row -> true);
    }

    /** Remembers that the conflicts up to a number are in the conflicts topic. */
    void published(long number) throws SQLException {
        one("published", statement -> statement.set("number", number), row -> true);
    }

    /**
     * Returns, in order, the sends that are numbered above {@code after} and still wanted.
     *
     * @throws SQLException if the database has another origin or place than {@code sender}
     */
    List<Send> sends(Sender sender, long after, int maxRows) throws SQLException {
        return list(
                "sends", statement -> statement.set("after", after).set("max_rows", maxRows), row -> send(sender, row));
    }

    private <T> T one(String name, RowReader<T> reader) throws SQLException {
        return one(name, statement -> statement, reader);
    }

    private <T> T one(String name, UnaryOperator<SqlStatement> bound, RowReader<T> reader) throws SQLException {
        Pipeline transaction = transaction();
        Pipeline.Result<T> result = transaction.one(bound.apply(statements.of(name)), reader);
        transaction.run();
        connection.commit();
        return result.get();
    }

    private <T> List<T> list(String name, UnaryOperator<SqlStatement> bound, RowReader<T> reader) throws SQLException {
        Pipeline transaction = transaction();
        Pipeline.Result<List<T>> result = transaction.list(bound.apply(statements.of(name)), reader);
        transaction.run();
        connection.commit();
        return result.get();
    }

    /** Begins a transaction whose settings end with it: behind a pooler, the next transaction of the session belongs to somebody else. */
    private Pipeline transaction() {
        return statements
                .pipeline()
                .add(statements.of("read_committed"))
                .add(statements.of("local_settings").set("search_path", searchPath));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static Send send(Sender sender, ResultSet row) throws SQLException {
        Sender found = new Sender(row.getString("origin"), row.getString("database"));
        if (!found.equals(sender)) {
            // a new session begins with the new origin
            throw new SQLNonTransientConnectionException(
                    "The database was " + sender + " and is now " + found, "08003");
        }
        long number = row.getLong("number");
        String kind = row.getString("kind");
        return switch (kind) {
            case "change" ->
                new Send.Change(
                        number,
                        route(row),
                        row.getString("key"),
                        row.getString("value"),
                        revision(row, "base"),
                        row.getLong("lease"),
                        row.getString("author"));
            case "probe" -> new Send.Probe(number, route(row), row.getString("key"), row.getLong("send_number"));
            case "request" ->
                new Send.SnapshotRequest(
                        number,
                        route(row),
                        new KeyRange(row.getString("after_key"), row.getString("through_key")),
                        row.getLong("request_id"));
            case "new_epoch" ->
                new Send.NewEpochRequest(number, route(row), row.getLong("base_epoch"), row.getString("reason"));
            case "conflict" ->
                new Send.Conflict(
                        number,
                        row.getString("route"),
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

    static Route route(ResultSet row) throws SQLException {
        return new Route(row.getString("route"), row.getString("prefix"));
    }

    private static Revision revision(ResultSet row, String prefix) throws SQLException {
        return new Revision(row.getLong(prefix + "_epoch"), row.getLong(prefix + "_revision"));
    }

    private static @Nullable Long nullable(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Long.class);
    }
}
