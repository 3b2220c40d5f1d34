package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.sink.store.KeySnapshot;
import dev.etcdpg.pg.sink.store.MirroredRow;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Locks the rows of the keys of a batch: existing rows without a wait, missing rows by an insert. Keys whose rows another transaction has
 * locked are deferred.
 */
final class RowLocker {

    private final SinkSession session;
    private final RouteStores stores;
    private final Rules rules;
    private final BatchApplier.Mode mode;
    private final SortedMap<String, List<KeyInput>> work;

    private final Set<String> deferred = new TreeSet<>();
    private final Map<String, KeySyncState> missing = new HashMap<>();
    private final Map<String, MirroredRow> inserted = new HashMap<>();
    private Set<String> existing = Set.of();

    RowLocker(
            SinkSession session,
            RouteStores stores,
            Rules rules,
            BatchApplier.Mode mode,
            SortedMap<String, List<KeyInput>> work) {
        this.session = session;
        this.stores = stores;
        this.rules = rules;
        this.mode = mode;
        this.work = work;
    }

    /** Locks the rows, once. Returns null if that succeeds. After an {@link Obstacle} the caller must roll back. */
    @Nullable
    Obstacle lock() throws SQLException {
        Obstacle obstacle = new RowWriter(session, stores.rows()).lockTable();
        if (obstacle != null) {
            return obstacle;
        }
        lockExisting();
        if (existing.size() == work.size()) {
            return null;
        }
        Set<String> others = new TreeSet<>(work.keySet());
        others.removeAll(existing);
        Map<String, Verdict> wanted = new TreeMap<>();
        for (KeySnapshot other : stores.keys().read(others).values()) {
            if (other.hasRow()) {
                deferred.add(other.key());
            } else {
                missing.put(other.key(), other.state());
                wanted.put(
                        other.key(),
                        rules.fold(other.state(), KeyInput.inputs(work.getOrDefault(other.key(), List.of()))));
            }
        }
        return mode.writesRows() ? insertRows(WantedRows.of(stores, wanted)) : null;
    }

    /**
     * Locks existing rows. A row that can only be updated gets the lock of an update, so that it does not wait for transactions that insert rows
     * with a foreign key to it.
     */
    private void lockExisting() throws SQLException {
        Set<String> updated = new TreeSet<>();
        Set<String> deleted = new TreeSet<>();
        work.forEach((key, inputs) ->
                (inputs.stream().anyMatch(input -> input.input().mayDeleteRow()) ? deleted : updated).add(key));
        existing = stores.rows().lockRows(updated, deleted);
    }

    private @Nullable Obstacle insertRows(List<MirroredRow> rows) throws SQLException {
        RowInserter inserter = new RowInserter(session, stores.rows());
        Obstacle obstacle = mode.careful() ? inserter.insertCarefully(rows) : inserter.insertTogether(rows);
        if (obstacle != null) {
            return obstacle;
        }
        for (MirroredRow row : rows) {
            if (inserter.inserted().contains(row.key())) {
                inserted.put(row.key(), row);
            } else {
                deferred.add(row.key());
            }
        }
        if (mode.careful() && rows.size() == 1 && inserter.inserted().isEmpty()) {
            return refusedByTrigger(inserter, rows.get(0));
        }
        boolean perhapsByTrigger =
                stores.keys().read(inserter.leftOut()).values().stream().anyMatch(key -> !key.hasRow());
        return perhapsByTrigger
                ? new Obstacle.RowLocked("a row that a trigger may leave out must be applied alone")
                : null;
    }

    /**
     * Returns an obstacle if a trigger of the application leaves the row out: the row does not exist and cannot be inserted, although no other
     * transaction is in the way. Otherwise returns null.
     */
    private @Nullable Obstacle refusedByTrigger(RowInserter inserter, MirroredRow row) throws SQLException {
        for (int i = 0; i < 3; i++) {
            boolean leftOut;
            try {
                leftOut = inserter.tryLeavesOut(row);
            } catch (SQLException e) {
                return RowWriter.obstacle(e);
            }
            boolean hasRow =
                    stores.keys().read(List.of(row.key())).values().stream().anyMatch(KeySnapshot::hasRow);
            if (!leftOut || hasRow) {
                return null;
            }
        }
        return Obstacle.RowRefused.byTrigger("leaves the row out");
    }

    /** Returns the keys whose rows another transaction has locked. */
    Set<String> deferred() {
        return deferred;
    }

    /** Returns whether this transaction has locked or inserted the row of the key. */
    boolean isLocked(String key) {
        return existing.contains(key) || inserted.containsKey(key);
    }

    /** Returns the rows that were inserted, by key. */
    Map<String, MirroredRow> inserted() {
        return inserted;
    }

    /** Returns the id of the last local change of a key when its row was found missing. */
    long lastWalOfMissing(String key) {
        KeySyncState state = missing.get(key);
        if (state == null) {
            throw new IllegalStateException("Key " + key + " was not found missing");
        }
        return state.lastWal();
    }
}
