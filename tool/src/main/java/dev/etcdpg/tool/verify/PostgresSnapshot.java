package dev.etcdpg.tool.verify;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.client.Identifiers;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.SqlStatement;
import dev.etcdpg.pg.client.Statements;
import dev.etcdpg.tool.compare.KeyState;
import dev.etcdpg.tool.compare.PendingChange;
import dev.etcdpg.tool.compare.PostgresKey;
import dev.etcdpg.tool.compare.RangeDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One route in PostgreSQL, as of one moment: a read-only transaction whose statements all see the same state. */
final class PostgresSnapshot implements AutoCloseable {

    private static final SqlFiles SQL = new SqlFiles(PostgresSnapshot.class, "sql");

    private final Connection connection;
    private final Statements statements;
    private final String route;
    private final String prefix;
    private final String table;
    private final ReachedPositions reached;
    private final List<KeyRange> openRanges;

    private PostgresSnapshot(Connection connection, String route) throws SQLException {
        this.connection = connection;
        this.route = route;
        statements = new Statements(connection, SQL);
        String[] names = statements.of("route").set("route", route).first(row -> new String[] {
            row.getString("prefix"), Identifiers.quote(row.getString("table_schema"), row.getString("table_name"))
        });
        if (names == null) {
            throw new IllegalArgumentException("PostgreSQL does not mirror a route " + route);
        }
        prefix = names[0];
        table = names[1];
        Integer partitions = statements.of("partitions").set("route", route).first(row -> row.getInt("partitions"));
        List<ReachedPositions.Reached> positions = statements
                .of("reached")
                .set("route", route)
                .list(row -> new ReachedPositions.Reached(
                        row.getInt("partition"),
                        range(row),
                        new Revision(row.getLong("reached_epoch"), row.getLong("reached_revision"))));
        reached = new ReachedPositions(positions, partitions == null ? 1 : partitions);
        openRanges = statements.of("open_ranges").set("route", route).list(PostgresSnapshot::range);
    }

    /**
     * Begins a transaction. The snapshot is closed, and not the connection.
     *
     * @throws IllegalArgumentException if the database does not have the route
     */
    static PostgresSnapshot begin(Connection connection, String route) throws SQLException {
        connection.setAutoCommit(false);
        try {
            new Statements(connection, SQL).of("begin").run();
            return new PostgresSnapshot(connection, route);
        } catch (SQLException | RuntimeException e) {
            end(connection);
            throw e;
        }
    }

    String prefix() {
        return prefix;
    }

    ReachedPositions reached() {
        return reached;
    }

    /** Returns whether a snapshot of etcd is asked for that contains the key. */
    boolean isAskedFor(String key) {
        return openRanges.stream().anyMatch(range -> range.contains(key));
    }

    /** Returns whether rows and bookkeeping of a range both have this digest. */
    boolean hasDigest(KeyRange range, RangeDigest digest) throws SQLException {
        return bound(statements.on(table, "range_digests").set("route", route), range)
                .one(row -> digest.equals(new RangeDigest(row.getLong("row_keys"), row.getBytes("row_hash")))
                        && digest.equals(new RangeDigest(row.getLong("mirror_keys"), row.getBytes("mirror_hash"))));
    }

    /** Returns the keys of a range that the table or the bookkeeping has. */
    List<String> keys(KeyRange range) throws SQLException {
        return bound(statements.on(table, "range_keys").set("route", route), range)
                .texts();
    }

    /** Returns the states of some keys, also of keys that do not exist. */
    List<PostgresKey> states(Collection<String> keys) throws SQLException {
        return statements
                .on(table, "keys")
                .set("route", route)
                .texts("keys", keys)
                .list(PostgresSnapshot::key);
    }

    private static SqlStatement bound(SqlStatement statement, KeyRange range) {
        return statement.set("after", range.after()).set("through", range.through());
    }

    private static KeyRange range(ResultSet row) throws SQLException {
        return new KeyRange(row.getString("after_key"), row.getString("through_key"));
    }

    private static PostgresKey key(ResultSet row) throws SQLException {
        return new PostgresKey(
                row.getString("key"),
                row.getBoolean("has_row") ? rowState(row) : null,
                row.getBoolean("is_mirrored") ? mirrorState(row) : null,
                row.getBoolean("is_pending")
                        ? new PendingChange(row.getBytes("pending_hash"), row.getBoolean("is_held"))
                        : null,
                new Revision(row.getLong("applied_epoch"), row.getLong("applied_revision")));
    }

    private static KeyState rowState(ResultSet row) throws SQLException {
        return new KeyState(
                row.getLong("row_mod_revision"),
                row.getLong("row_create_revision"),
                row.getLong("row_version"),
                row.getLong("row_lease"),
                row.getBytes("row_hash"));
    }

    private static @Nullable KeyState mirrorState(ResultSet row) throws SQLException {
        return new KeyState(
                row.getLong("revision"),
                row.getLong("create_revision"),
                row.getLong("version"),
                row.getLong("lease"),
                row.getBytes("value_hash"));
    }

    @Override
    public void close() throws SQLException {
        end(connection);
    }

    private static void end(Connection connection) throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }
}
