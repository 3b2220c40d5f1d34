package dev.etcdpg.testing.chaos.history;

import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The mirrored table, and the bookkeeping of the connectors in PostgreSQL. */
public final class PostgresRecords {
    private static final String HISTORY = "select key, epoch, revision, op = 'put', " + Values.SHORTENED
            + ", create_revision, version, lease, origin <> 'etcd', from_snapshot"
            + " from etcd_sync.etcd_history where revision > ? order by applied_at, revision";
    private static final String CONFLICTS = "select key, change_id, txid::text, " + Values.SHORTENED
            + ", base_revision, won_epoch, won_revision, reason, applied_late"
            + " from etcd_sync.etcd_conflict where id > ? order by change_id";
    private static final String TABLE =
            "select key, " + Values.SHORTENED + ", create_revision, mod_revision, version, lease from public.etcd";
    private static final String UNFINISHED =
            """
            select count(*) || ' changes are ' || status from etcd_sync.etcd_pending group by status
            union all
            select count(*) || ' requests are not answered' from etcd_sync.etcd_request having count(*) > 0
            union all
            select 'no snapshot has ended' where not exists (select from etcd_sync.etcd_snapshot)
            union all
            select count(*) || ' ranges wait for a snapshot' from etcd_sync.etcd_untrusted_range having count(*) > 0""";
    private static final String DIFFERENCES =
            "select key || ': ' || difference from etcd_sync.etcd_differences('etcd')";

    @FunctionalInterface
    private interface Mapping<T> {
        T map(ResultSet row) throws SQLException;
    }

    private final Stack stack;

    public PostgresRecords(Stack stack) {
        this.stack = stack;
    }

    /** Returns the rows by key, with shortened values. */
    public Map<String, Entry> table() throws SQLException {
        Map<String, Entry> table = new HashMap<>();
        rows(
                        TABLE,
                        row -> new Entry(
                                row.getString(1),
                                row.getString(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6)))
                .forEach(entry -> table.put(entry.key(), entry));
        return table;
    }

    /** Returns the unfinished work, in sentences. */
    public List<String> unfinished() throws SQLException {
        return rows(UNFINISHED, row -> row.getString(1));
    }

    /** Returns the number of pending changes. */
    public long pending() throws SQLException {
        return rows("select count(*) from etcd_sync.etcd_wal", row -> row.getLong(1))
                .get(0);
    }

    /** Returns the differences between the rows and the known entries of etcd. */
    public List<String> differences() throws SQLException {
        return rows(DIFFERENCES, row -> row.getString(1));
    }

    /** Returns the highest id of a conflict. */
    public long lastConflict() throws SQLException {
        return rows("select coalesce(max(id), 0) from etcd_sync.etcd_conflict", row -> row.getLong(1))
                .get(0);
    }

    /** Returns the conflicts after an id, in the order of their changes. */
    public List<Lost> conflicts(long after) throws SQLException {
        return rows(
                CONFLICTS,
                row -> new Lost(
                        row.getString(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getString(8),
                        row.getBoolean(9)),
                after);
    }

    /** Returns the history after a revision, in the order of application. */
    public List<Applied> history(long after) throws SQLException {
        return rows(
                HISTORY,
                row -> new Applied(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getBoolean(4),
                        row.getString(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8),
                        row.getBoolean(9),
                        row.getBoolean(10)),
                after);
    }

    private <T> List<T> rows(String sql, Mapping<T> mapping, Object... arguments) throws SQLException {
        try (Connection connection = stack.postgres().connect(Stack.DATABASE);
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                select.setObject(i + 1, arguments[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(mapping.map(row));
                }
            }
            return rows;
        }
    }
}
