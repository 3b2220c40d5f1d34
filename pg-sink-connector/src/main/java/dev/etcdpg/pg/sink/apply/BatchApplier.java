package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.sink.store.KeySnapshot;
import dev.etcdpg.pg.sink.store.MirroredRow;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Applies inputs of keys of one route: locks, reads, decides, writes. The protocol prescribes the order of the locks: existing rows, without a
 * wait; missing rows, by an insert; the mirror. Only then a separate statement reads the state, so that it sees what other transactions
 * committed while the sink waited.
 */
final class BatchApplier {

    /**
     * The mode in which a batch is applied.
     *
     * @param careful whether a missing row that must wait is left out, so that the others are inserted
     * @param writesRows whether the table is written; otherwise only the bookkeeping is written
     * @param mirrorWaitMs longest wait for dispatch or an operator at the mirror, in ms. Dispatch holds its locks briefly; an operator may hold
     *     them for long.
     */
    record Mode(boolean careful, boolean writesRows, long mirrorWaitMs) {
        static final Mode TOGETHER = new Mode(false, true, 250);
        static final Mode CAREFUL = new Mode(true, true, 50);
        static final Mode WITHOUT_ROWS = new Mode(true, false, 50);
    }

    private final SinkSession session;
    private final RouteStores stores;
    private final Rules rules;
    private final Mode mode;
    private final SortedMap<String, List<KeyInput>> work;

    private final Set<String> deferred = new TreeSet<>();
    private final Map<String, KeySyncState> missing = new HashMap<>();
    private final Map<String, MirroredRow> inserted = new HashMap<>();
    private final Map<String, KeySnapshot> known = new TreeMap<>();
    private Set<String> locked = Set.of();

    BatchApplier(
            SinkSession session, RouteStores stores, Rules rules, Mode mode, SortedMap<String, List<KeyInput>> work) {
        this.session = session;
        this.stores = stores;
        this.rules = rules;
        this.mode = mode;
        this.work = work;
    }

    /** Applies the batch, once. After an {@link Obstacle} the caller must roll back. */
    BatchResult apply() throws SQLException {
        try {
            Obstacle obstacle = lockRows();
            if (obstacle == null) {
                obstacle = readLocked();
            }
            if (obstacle == null) {
                obstacle = write(decide());
            }
            return obstacle == null ? new BatchResult.Applied(deferred) : obstacle;
        } catch (SQLException e) {
            return Obstacle.of(e);
        }
    }

    // Rows

    private @Nullable Obstacle lockRows() throws SQLException {
        Obstacle obstacle = new RowWriter(session, stores.rows()).lockTable();
        if (obstacle != null) {
            return obstacle;
        }
        locked = new TreeSet<>(stores.rows().lockRows(work.keySet()));
        if (locked.size() == work.size()) {
            return null;
        }
        Set<String> others = new TreeSet<>(work.keySet());
        others.removeAll(locked);
        Map<String, Verdict> wanted = new TreeMap<>();
        for (KeySnapshot other : stores.keys().read(others).values()) {
            if (other.hasRow()) {
                deferred.add(other.key());
            } else {
                missing.put(other.key(), other.state());
                wanted.put(other.key(), rules.fold(other.state(), inputs(other.key())));
            }
        }
        return mode.writesRows() ? insertRows(WantedRows.of(stores, wanted)) : null;
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

    // State

    private @Nullable Obstacle readLocked() throws SQLException {
        Set<String> keys = new TreeSet<>(work.keySet());
        keys.removeAll(deferred);
        if (keys.isEmpty()) {
            return null;
        }
        Obstacle obstacle = readLocked(keys, false);
        if (obstacle != null) {
            return obstacle;
        }
        // keys with changes that dispatch is about to see for the first time
        List<String> unmirrored = known.values().stream()
                .filter(key -> !key.hasMirror() && key.state().isPending())
                .map(KeySnapshot::key)
                .toList();
        return unmirrored.isEmpty() ? null : readLocked(unmirrored, true);
    }

    private @Nullable Obstacle readLocked(Collection<String> keys, boolean create) throws SQLException {
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        Map<String, Long> behind = new HashMap<>();
        inserted.keySet().forEach(key -> behind.put(key, missingState(key).lastWal()));
        Pipeline pipeline = session.pipeline();
        session.limits().within(mode.mirrorWaitMs(), pipeline, limited -> {
            if (create) {
                stores.mirror().create(limited, keys);
            }
            return stores.mirror().lock(limited, keys);
        });
        Pipeline.Result<Map<String, KeySnapshot>> read = stores.keys().read(pipeline, keys, behind);
        pipeline.run();
        known.putAll(read.get());
        return null;
    }

    private KeySyncState missingState(String key) {
        KeySyncState state = missing.get(key);
        if (state == null) {
            throw new IllegalStateException("Key " + key + " was not found missing");
        }
        return state;
    }

    // Decision

    private Map<String, Verdict> decide() {
        Map<String, Verdict> verdicts = new TreeMap<>();
        for (KeySnapshot key : known.values()) {
            Verdict verdict = rules.fold(key.state(), inputs(key.key()));
            if (mode.writesRows() && !isLocked(key.key()) && (verdict.wantsRow() || hasMoved(key))) {
                deferred.add(key.key());
            } else {
                verdicts.put(key.key(), verdict);
            }
        }
        return verdicts;
    }

    private boolean isLocked(String key) {
        return locked.contains(key) || inserted.containsKey(key);
    }

    /** Returns whether another transaction has written the missing row since it was found missing. */
    private boolean hasMoved(KeySnapshot now) {
        return now.hasRow() || now.state().lastWal() != missingState(now.key()).lastWal();
    }

    private List<Input> inputs(String key) {
        return work.getOrDefault(key, List.of()).stream().map(KeyInput::input).toList();
    }

    // Writes

    private @Nullable Obstacle write(Map<String, Verdict> verdicts) throws SQLException {
        Obstacle obstacle = new VerdictWriter(session, stores, mode.mirrorWaitMs(), known, verdicts).write();
        return obstacle == null && mode.writesRows() ? writeRows(verdicts) : obstacle;
    }

    private @Nullable Obstacle writeRows(Map<String, Verdict> verdicts) throws SQLException {
        Set<String> deleted = new TreeSet<>();
        verdicts.forEach((key, verdict) -> {
            boolean unwanted = !verdict.wantsRow() && (inserted.containsKey(key) || verdict.rowFollows());
            if (unwanted && isLocked(key)) {
                deleted.add(key);
            }
        });
        List<MirroredRow> updated = WantedRows.of(stores, verdicts).stream()
                .filter(row -> !row.equals(inserted.get(row.key())))
                .toList();
        TriggerWriteGuard guard = new TriggerWriteGuard(stores.wal(), known);
        Set<String> writtenTwice = new TreeSet<>(deleted);
        updated.forEach(row -> writtenTwice.add(row.key()));
        writtenTwice.retainAll(inserted.keySet());
        Obstacle obstacle = guard.check(writtenTwice);
        return obstacle == null
                ? new RowWriter(session, stores.rows()).write(updated, deleted, !inserted.isEmpty(), guard)
                : obstacle;
    }
}
