package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.Rules;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a batch in which something is refused, or must wait: halves it until the key in question is alone. Of a refused key the table
 * keeps what it has, and etcd's revision is mirrored all the same: the next local change must be built on it. A key that must wait is set
 * aside. It begins with a small piece and takes ever larger ones, so that something is done in the time that there is, however slow
 * an application's triggers are.
 */
final class BisectingApplier {

    private static final Logger LOG = LoggerFactory.getLogger(BisectingApplier.class);

    private final SinkSession session;
    private final MirroredTable table;
    private final Rules rules;
    private final KeyFairness turns;
    private final List<DeadLetter> bad;
    private boolean tableIsLocked;

    /**
     * @param turns is told when the time runs out
     * @param bad where refused records are added
     */
    BisectingApplier(SinkSession session, MirroredTable table, Rules rules, KeyFairness turns, List<DeadLetter> bad) {
        this.session = session;
        this.table = table;
        this.rules = rules;
        this.turns = turns;
        this.bad = bad;
    }

    /** @return keys that somebody else holds, or for which there was no time: nothing was done of them */
    Set<String> apply(SortedMap<String, List<KeyInput>> work) throws SQLException {
        Set<String> aside = new TreeSet<>();
        List<String> keys = List.copyOf(work.keySet());
        int size = 1;
        for (int done = 0; done < keys.size(); ) {
            int end = Math.min(keys.size(), done + size);
            SortedMap<String, List<KeyInput>> piece =
                    end == keys.size() ? work.tailMap(keys.get(done)) : work.subMap(keys.get(done), keys.get(end));
            boolean timely = session.mayWait();
            aside.addAll(applyPiece(piece));
            if (timely) {
                turns.had(table.route().name(), piece.firstKey(), piece.size() == 1, session.mayWait());
            }
            done = end;
            size *= 2;
        }
        return aside;
    }

    private Set<String> applyPiece(SortedMap<String, List<KeyInput>> work) throws SQLException {
        if (tableIsLocked || !session.mayWait()) {
            return work.keySet();
        }
        Savepoint savepoint = session.savepoint();
        try {
            Set<String> aside = batch(BatchApplier.Mode.CAREFUL, work);
            session.release(savepoint);
            return aside;
        } catch (SQLException e) {
            if (!SqlFaults.isData(e) && !SqlFaults.isWait(e)) {
                throw e;
            }
            session.rollback(savepoint);
            tableIsLocked = e instanceof RowWriter.TableIsLocked;
            if (work.size() > 1) {
                return applyHalves(work);
            }
            return SqlFaults.isWait(e) ? applyLater(work.firstKey(), e) : applyRefused(work, e);
        }
    }

    private Set<String> applyLater(String key, SQLException wait) {
        if (!tableIsLocked && !session.mayWait()) {
            LOG.warn(
                    "Key {} of route {} alone takes longer than we may hold locks (see deadlock_timeout): it waits, and is tried again in "
                            + "its turn. Is a trigger of the application slow? (SQLSTATE {})",
                    key,
                    table.route().name(),
                    wait.getSQLState());
        }
        return Set.of(key);
    }

    private Set<String> applyHalves(SortedMap<String, List<KeyInput>> work) throws SQLException {
        String middle = new ArrayList<>(work.keySet()).get(work.size() / 2);
        Set<String> aside = new TreeSet<>(applyPiece(work.headMap(middle)));
        aside.addAll(applyPiece(work.tailMap(middle)));
        return aside;
    }

    private Set<String> applyRefused(SortedMap<String, List<KeyInput>> one, SQLException refusal) throws SQLException {
        Savepoint savepoint = session.savepoint();
        try {
            Set<String> aside = applyWithoutRow(one);
            session.release(savepoint);
            if (aside.isEmpty()) {
                bad.add(refused(one.get(one.firstKey()), refusal));
            }
            return aside;
        } catch (SQLException e) {
            if (!SqlFaults.isWait(e)) {
                throw e;
            }
            session.rollback(savepoint);
            return one.keySet();
        }
    }

    private Set<String> applyWithoutRow(SortedMap<String, List<KeyInput>> one) throws SQLException {
        Savepoint savepoint = session.savepoint();
        try {
            Set<String> aside = batch(BatchApplier.Mode.WITHOUT_ROWS, one);
            session.release(savepoint);
            return aside;
        } catch (SQLException e) {
            if (!SqlFaults.isData(e)) {
                throw e;
            }
            session.rollback(savepoint);
            // not even the history can hold it
            SortedMap<String, List<KeyInput>> told = new TreeMap<>();
            one.forEach((key, items) ->
                    told.put(key, items.stream().map(KeyInput::unrepresentable).toList()));
            return batch(BatchApplier.Mode.WITHOUT_ROWS, told);
        }
    }

    /** The record that wanted the row to be as it was refused: the last that tells of it. */
    private static DeadLetter refused(List<KeyInput> items, SQLException refusal) {
        KeyInput last = items.get(0);
        for (KeyInput item : items) {
            if (!(item.input() instanceof Input.Answered)) {
                last = item;
            }
        }
        Revision at = last.input().at();
        return new DeadLetter(
                last.record(),
                last.key(),
                at,
                "PostgreSQL refuses the row with SQLSTATE " + refusal.getSQLState(),
                "PostgreSQL refuses the row: " + SqlFaults.describe(refusal));
    }

    private Set<String> batch(BatchApplier.Mode mode, SortedMap<String, List<KeyInput>> work) throws SQLException {
        return new BatchApplier(session, table, rules, mode, work).apply();
    }
}
