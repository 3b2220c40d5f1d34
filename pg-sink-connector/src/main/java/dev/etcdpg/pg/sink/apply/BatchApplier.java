package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.KeyState;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.resolve.Verdict;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keys of one route, and what is said of them: locks, reads, decides, writes. The order of the locks is that of the protocol: rows that are
 * there, without waiting; rows that are missing, by inserting them; the mirror. Only then, in a statement of its own, is read what was
 * committed while we waited.
 */
final class BatchApplier {

    /**
     * How a batch is applied.
     *
     * @param careful rows that are missing are inserted so that one that must wait does not stop the others
     * @param rows whether the table is written; else only the mirror and the history
     * @param patience how long a statement may wait for others who look at the same keys, in ms: dispatch is soon done, an operator who decides
     *     about a change that is held may not be
     */
    record Mode(boolean careful, boolean rows, long patience) {
        static final Mode TOGETHER = new Mode(false, true, 250);
        static final Mode CAREFUL = new Mode(true, true, 50);
        static final Mode WITHOUT_ROWS = new Mode(true, false, 50);
    }

    private final SinkSession session;
    private final MirroredTable table;
    private final Rules rules;
    private final Mode mode;
    private final SortedMap<String, List<KeyInput>> work;

    private final Set<String> aside = new TreeSet<>();
    private final Map<String, KeyState> missing = new HashMap<>();
    private Set<String> locked = Set.of();
    private final Map<String, MirroredRow> inserted = new HashMap<>();

    BatchApplier(
            SinkSession session, MirroredTable table, Rules rules, Mode mode, SortedMap<String, List<KeyInput>> work) {
        this.session = session;
        this.table = table;
        this.rules = rules;
        this.mode = mode;
        this.work = work;
    }

    /** @return keys that somebody else holds: nothing was done of them */
    Set<String> apply() throws SQLException {
        lockRows();
        Map<String, KeySnapshot> known = lockMirror();
        Map<String, Verdict> verdicts = decide(known);
        new VerdictWriter(session, table, mode.patience(), known, verdicts).write();
        if (mode.rows()) {
            writeRows(known, verdicts);
        }
        return aside;
    }

    private void lockRows() throws SQLException {
        new RowWriter(session, table).lockTable();
        locked = new TreeSet<>(
                session.on(table.name(), "lock_rows").texts(work.keySet()).texts());
        if (locked.size() == work.size()) {
            return;
        }
        Set<String> others = new TreeSet<>(work.keySet());
        others.removeAll(locked);
        Map<String, Verdict> wanted = new TreeMap<>();
        for (KeySnapshot known : KeySnapshot.read(session, table, others).values()) {
            if (known.hasRow()) {
                aside.add(known.key());
            } else {
                missing.put(known.key(), known.state());
                wanted.put(known.key(), rules.fold(known.state(), inputs(known.key())));
            }
        }
        if (mode.rows()) {
            insertRows(MirroredRow.of(session, table, wanted));
        }
    }

    private void insertRows(List<MirroredRow> rows) throws SQLException {
        RowInserter inserts = new RowInserter(session, table);
        Set<String> done = mode.careful() ? inserts.carefully(rows) : inserts.together(rows);
        for (MirroredRow row : rows) {
            if (done.contains(row.key())) {
                inserted.put(row.key(), row);
            } else {
                aside.add(row.key());
            }
        }
        if (mode.careful() && rows.size() == 1 && done.isEmpty()) {
            refuseIfSuppressed(inserts, rows);
        } else if (KeySnapshot.read(session, table, inserts.leftOut()).values().stream()
                .anyMatch(known -> !known.hasRow())) {
            throw new SQLException("a row that seems to be left out is to be looked at alone", "55P03");
        }
    }

    /** A row that cannot be inserted although it is not there and nobody is in the way: an application's trigger leaves it out. */
    private void refuseIfSuppressed(RowInserter inserts, List<MirroredRow> one) throws SQLException {
        String key = one.get(0).key();
        for (int i = 0; i < 3; i++) {
            boolean suppressed = inserts.isSuppressed(one.get(0));
            boolean hasRow =
                    KeySnapshot.read(session, table, List.of(key)).get(key).hasRow();
            if (!suppressed || hasRow) {
                return;
            }
        }
        throw new SQLException("a trigger of the application leaves the row out", "P0001");
    }

    private Map<String, KeySnapshot> lockMirror() throws SQLException {
        Set<String> keys = new TreeSet<>(work.keySet());
        keys.removeAll(aside);
        if (keys.isEmpty()) {
            return Map.of();
        }
        lockMirror(keys, false);
        Map<String, KeySnapshot> known = read(keys);
        // a key with changes that dispatch is about to see for the first time
        List<String> unmirrored = known.values().stream()
                .filter(k -> !k.hasMirror() && k.state().isPending())
                .map(KeySnapshot::key)
                .toList();
        if (!unmirrored.isEmpty()) {
            lockMirror(unmirrored, true);
            known.putAll(read(unmirrored));
        }
        return known;
    }

    private Map<String, KeySnapshot> read(Collection<String> keys) throws SQLException {
        Map<String, Long> behind = new HashMap<>();
        inserted.keySet().forEach(key -> behind.put(key, missing.get(key).lastWal()));
        return KeySnapshot.read(session, table, keys, behind);
    }

    private void lockMirror(Collection<String> keys, boolean make) throws SQLException {
        String route = table.route().name();
        session.limitWaits(mode.patience());
        if (make) {
            session.sql("ensure_mirror").add(route).texts(keys).update();
        }
        session.sql("lock_mirror").add(route).texts(keys).texts();
        session.unlimitWaits();
    }

    private Map<String, Verdict> decide(Map<String, KeySnapshot> known) {
        Map<String, Verdict> verdicts = new TreeMap<>();
        for (KeySnapshot k : known.values()) {
            Verdict verdict = rules.fold(k.state(), inputs(k.key()));
            if (mode.rows() && !isLocked(k.key()) && (verdict.wantsRow() || hasMoved(k))) {
                aside.add(k.key());
            } else {
                verdicts.put(k.key(), verdict);
            }
        }
        return verdicts;
    }

    private boolean isLocked(String key) {
        return locked.contains(key) || inserted.containsKey(key);
    }

    /** Whether somebody has written the missing row since we found it missing. */
    private boolean hasMoved(KeySnapshot known) {
        return known.hasRow()
                || known.state().lastWal() != missing.get(known.key()).lastWal();
    }

    private void writeRows(Map<String, KeySnapshot> known, Map<String, Verdict> verdicts) throws SQLException {
        Set<String> deleted = new TreeSet<>();
        verdicts.forEach((key, verdict) -> {
            boolean unwanted =
                    inserted.containsKey(key) ? !verdict.wantsRow() : verdict.rowFollows() && !verdict.wantsRow();
            if (unwanted && isLocked(key)) {
                deleted.add(key);
            }
        });
        List<MirroredRow> updated = MirroredRow.of(session, table, verdicts).stream()
                .filter(row -> !row.equals(inserted.get(row.key())))
                .toList();
        TriggerWriteGuard touched = new TriggerWriteGuard(session, table, known);
        Set<String> twice = new TreeSet<>(deleted);
        updated.forEach(row -> twice.add(row.key()));
        twice.retainAll(inserted.keySet());
        touched.refuse(twice);
        new RowWriter(session, table).write(updated, deleted, !inserted.isEmpty(), touched);
    }

    private List<Input> inputs(String key) {
        return work.get(key).stream().map(KeyInput::input).toList();
    }
}
