package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Digest;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Mirror;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the state of keys from all tables together. */
public final class KeySnapshotStore {

    private final SinkSession session;
    private final MirroredTable table;

    public KeySnapshotStore(SinkSession session, MirroredTable table) {
        this.session = session;
        this.table = table;
    }

    /** Reads keys in one round trip. Takes no round trip if there are no keys. */
    public Map<String, KeySnapshot> read(Collection<String> keys) throws SQLException {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<Map<String, KeySnapshot>> known = read(pipeline, keys, Map.of());
        pipeline.run();
        return known.get();
    }

    /**
     * Yields the states of the keys.
     *
     * @param inserted for each key that the sink has inserted, the last change in {@code etcd_wal} before the insert
     */
    public Pipeline.Result<Map<String, KeySnapshot>> read(
            Pipeline pipeline, Collection<String> keys, Map<String, Long> inserted) throws SQLException {
        return pipeline.map(
                session.on(table, "key_snapshots")
                        .texts("key", keys)
                        .numbers("inserted_behind", keys, inserted::get)
                        .set("route", table.routeName()),
                row -> row.getString("key"),
                KeySnapshotStore::snapshot);
    }

    private static KeySnapshot snapshot(ResultSet row) throws SQLException {
        boolean hasMirror = row.getBoolean("has_mirror");
        return new KeySnapshot(
                row.getString("key"),
                row.getBoolean("has_row"),
                hasMirror,
                new KeySyncState(
                        hasMirror ? mirror(row) : KeySyncState.NEVER.mirror(),
                        new Revision(row.getLong("applied_epoch"), row.getLong("applied_revision")),
                        row.getLong("settled_id"),
                        row.getString("status") == null ? null : flight(row),
                        row.getLong("wal_id"),
                        content(row.getBytes("wal_hash")),
                        !row.getBoolean("wal_earlier"),
                        row.getBoolean("lost_insert")));
    }

    private static Mirror mirror(ResultSet row) throws SQLException {
        return new Mirror(
                row.getLong("epoch"),
                row.getLong("revision"),
                row.getBoolean("unrepresentable") ? Content.UNREPRESENTABLE : content(row.getBytes("value_hash")),
                row.getLong("create_revision"),
                row.getLong("version"),
                row.getLong("lease"));
    }

    private static Flight flight(ResultSet row) throws SQLException {
        String action = row.getString("next_action");
        return new Flight(
                Flight.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getLong("change_id"),
                content(row.getBytes("sent_hash")),
                row.getLong("send_number"),
                row.getLong("probe_number"),
                action == null ? null : Flight.NextAction.valueOf(action.toUpperCase(Locale.ROOT)),
                new Revision(row.getLong("base_epoch"), row.getLong("base_revision")),
                row.getString("reason"));
    }

    private static Content content(byte @Nullable [] hash) {
        return hash == null ? Content.ABSENT : Content.of(Digest.ofBytes(hash));
    }
}
