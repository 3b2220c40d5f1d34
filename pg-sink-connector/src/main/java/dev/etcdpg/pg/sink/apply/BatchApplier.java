package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.metrics.KeyResults;
import dev.etcdpg.pg.sink.read.KeyInput;
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

    private final RowLocker rows;
    private final Map<String, KeySnapshot> known = new TreeMap<>();
    /** Keys whose rows another transaction has written since they were found missing. */
    private final Set<String> moved = new TreeSet<>();

    BatchApplier(
            SinkSession session, RouteStores stores, Rules rules, Mode mode, SortedMap<String, List<KeyInput>> work) {
        this.session = session;
        this.stores = stores;
        this.rules = rules;
        this.mode = mode;
        this.work = work;
        rows = new RowLocker(session, stores, rules, mode, work);
    }

    /** Applies the batch, once. After an {@link Obstacle} the caller must roll back. */
    BatchResult apply() throws SQLException {
        try {
            Obstacle obstacle = rows.lock();
            if (obstacle == null) {
                obstacle = readLocked();
            }
            return obstacle == null ? write(decide()) : obstacle;
        } catch (SQLException e) {
            return Obstacle.of(e);
        }
    }

    private Set<String> deferred() {
        Set<String> deferred = new TreeSet<>(rows.deferred());
        deferred.addAll(moved);
        return deferred;
    }

    private @Nullable Obstacle readLocked() throws SQLException {
        Set<String> keys = new TreeSet<>(work.keySet());
        keys.removeAll(rows.deferred());
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
        rows.inserted().keySet().forEach(key -> behind.put(key, rows.lastWalOfMissing(key)));
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

    private Map<String, Verdict> decide() {
        Map<String, Verdict> verdicts = new TreeMap<>();
        for (KeySnapshot key : known.values()) {
            Verdict verdict = rules.fold(key.state(), KeyInput.inputs(work.getOrDefault(key.key(), List.of())));
            if (mode.writesRows() && !rows.isLocked(key.key()) && (verdict.wantsRow() || hasMoved(key))) {
                moved.add(key.key());
            } else {
                verdicts.put(key.key(), verdict);
            }
        }
        return verdicts;
    }

    /** Returns whether another transaction has written the missing row since it was found missing. */
    private boolean hasMoved(KeySnapshot now) {
        return now.hasRow() || now.state().lastWal() != rows.lastWalOfMissing(now.key());
    }

    private BatchResult write(Map<String, Verdict> verdicts) throws SQLException {
        VerdictWriter writer = new VerdictWriter(session, stores, mode.mirrorWaitMs(), known, verdicts);
        Obstacle obstacle = writer.write();
        if (obstacle == null && mode.writesRows()) {
            obstacle = writeRows(verdicts);
        }
        return obstacle == null
                ? new BatchResult.Applied(
                        deferred(), new KeyResults(stores.table().routeName(), verdicts, writer.confirmationMs()))
                : obstacle;
    }

    private @Nullable Obstacle writeRows(Map<String, Verdict> verdicts) throws SQLException {
        Set<String> deleted = new TreeSet<>();
        verdicts.forEach((key, verdict) -> {
            boolean unwanted = !verdict.wantsRow() && (rows.inserted().containsKey(key) || verdict.rowFollows());
            if (unwanted && rows.isLocked(key)) {
                deleted.add(key);
            }
        });
        List<MirroredRow> updated = WantedRows.of(stores, verdicts).stream()
                .filter(row -> !row.equals(rows.inserted().get(row.key())))
                .toList();
        TriggerWriteGuard guard = new TriggerWriteGuard(stores.wal(), known);
        Set<String> writtenTwice = new TreeSet<>(deleted);
        updated.forEach(row -> writtenTwice.add(row.key()));
        writtenTwice.retainAll(rows.inserted().keySet());
        Obstacle obstacle = guard.check(writtenTwice);
        return obstacle == null
                ? new RowWriter(session, stores.rows())
                        .write(updated, deleted, !rows.inserted().isEmpty(), guard)
                : obstacle;
    }
}
