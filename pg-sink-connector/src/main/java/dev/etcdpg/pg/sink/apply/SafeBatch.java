package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.common.Revision;
import dev.etcdpg.common.postgres.SqlFaults;
import dev.etcdpg.common.sink.DeadLetter;
import dev.etcdpg.pg.sink.decide.Input;
import dev.etcdpg.pg.sink.decide.Rules;
import dev.etcdpg.pg.sink.intake.Item;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Applies a batch in which something is refused: halves it until the bad key is alone. Of that key the table keeps what it has, and
 * etcd's revision is mirrored all the same: the next local change must be built on it.
 */
final class SafeBatch {

    private final Session session;
    private final Table table;
    private final Rules rules;
    private final List<DeadLetter> bad;

    /** @param bad where refused records are added */
    SafeBatch(Session session, Table table, Rules rules, List<DeadLetter> bad) {
        this.session = session;
        this.table = table;
        this.rules = rules;
        this.bad = bad;
    }

    /** @return keys that somebody else holds: nothing was done of them */
    Set<String> apply(SortedMap<String, List<Item>> work) throws SQLException {
        Savepoint savepoint = session.savepoint();
        try {
            Set<String> aside = batch(KeyBatch.Mode.CAREFUL, work);
            session.release(savepoint);
            return aside;
        } catch (SQLException e) {
            if (!SqlFaults.isData(e)) {
                throw e;
            }
            session.rollback(savepoint);
            return work.size() > 1 ? applyHalves(work) : applyRefused(work, e);
        }
    }

    private Set<String> applyHalves(SortedMap<String, List<Item>> work) throws SQLException {
        String middle = new ArrayList<>(work.keySet()).get(work.size() / 2);
        Set<String> aside = new TreeSet<>(apply(work.headMap(middle)));
        aside.addAll(apply(work.tailMap(middle)));
        return aside;
    }

    private Set<String> applyRefused(SortedMap<String, List<Item>> one, SQLException refusal) throws SQLException {
        Set<String> aside;
        Savepoint savepoint = session.savepoint();
        try {
            aside = batch(KeyBatch.Mode.WITHOUT_ROWS, one);
            session.release(savepoint);
        } catch (SQLException e) {
            if (!SqlFaults.isData(e)) {
                throw e;
            }
            // not even the history can hold it
            session.rollback(savepoint);
            SortedMap<String, List<Item>> told = new TreeMap<>();
            one.forEach((key, items) ->
                    told.put(key, items.stream().map(Item::unrepresentable).toList()));
            aside = batch(KeyBatch.Mode.WITHOUT_ROWS, told);
        }
        if (aside.isEmpty()) {
            bad.add(refused(one.get(one.firstKey()), refusal));
        }
        return aside;
    }

    /** The record that wanted the row to be as it was refused: the last that tells of it. */
    private static DeadLetter refused(List<Item> items, SQLException refusal) {
        Item last = items.get(0);
        for (Item item : items) {
            if (!(item.input() instanceof Input.Answered)) {
                last = item;
            }
        }
        Revision at = last.input().at();
        return new DeadLetter(
                last.record(), last.key(), at, "PostgreSQL refuses the row: " + SqlFaults.describe(refusal));
    }

    private Set<String> batch(KeyBatch.Mode mode, SortedMap<String, List<Item>> work) throws SQLException {
        return new KeyBatch(session, table, rules, mode, work).apply();
    }
}
