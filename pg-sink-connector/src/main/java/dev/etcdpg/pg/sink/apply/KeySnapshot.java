package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Digest;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.KeyState;
import dev.etcdpg.pg.sink.resolve.Mirror;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A key as the database has it.
 *
 * @param hasRow whether a committed row, or one of our own, is there
 * @param hasMirror whether it has a row in etcd_mirror
 */
record KeySnapshot(String key, boolean hasRow, boolean hasMirror, KeyState state) {

    static Map<String, KeySnapshot> read(SinkSession session, MirroredTable table, Collection<String> keys)
            throws SQLException {
        return read(session, table, keys, Map.of());
    }

    /** @param inserted of the keys that we have inserted, the last entry in etcd_wal before that */
    static Map<String, KeySnapshot> read(
            SinkSession session, MirroredTable table, Collection<String> keys, Map<String, Long> inserted)
            throws SQLException {
        Map<String, KeySnapshot> known = new TreeMap<>();
        if (!keys.isEmpty()) {
            String route = table.route().name();
            session.on(table.name(), "state")
                    .texts(keys)
                    .numbers(keys, inserted::get)
                    .add(route)
                    .add(route)
                    .add(route)
                    .list(KeySnapshot::of)
                    .forEach(k -> known.put(k.key(), k));
        }
        return known;
    }

    private static KeySnapshot of(ResultSet row) throws SQLException {
        boolean hasMirror = row.getBoolean("has_mirror");
        long wal = row.getLong("wal_id");
        KeyState never = KeyState.NEVER;
        return new KeySnapshot(
                row.getString("key"),
                row.getBoolean("has_row"),
                hasMirror,
                new KeyState(
                        hasMirror ? mirror(row) : never.mirror(),
                        new Revision(row.getLong("applied_epoch"), row.getLong("applied_revision")),
                        row.getLong("settled_id"),
                        row.getString("status") == null ? null : flight(row),
                        wal,
                        content(row.getBytes("wal_hash")),
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
        String due = row.getString("next_action");
        return new Flight(
                Flight.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getLong("change_id"),
                content(row.getBytes("sent_hash")),
                row.getLong("send_number"),
                row.getLong("probe_number"),
                due == null ? null : Flight.Due.valueOf(due.toUpperCase(Locale.ROOT)),
                new Revision(row.getLong("base_epoch"), row.getLong("base_revision")),
                row.getString("reason"));
    }

    private static Content content(byte[] hash) {
        return hash == null ? Content.ABSENT : Content.of(Digest.ofBytes(hash));
    }
}
