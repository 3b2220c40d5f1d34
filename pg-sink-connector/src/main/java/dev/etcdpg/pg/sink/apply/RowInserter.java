package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Inserts rows that are missing, or nothing where somebody else was faster. It can wait for an application's insert that is not committed;
 * not longer than saves the application from being taken for the victim of a deadlock.
 */
final class RowInserter {

    /** How long a statement may wait for another's insert before what is in the way is looked for, in ms. */
    private static final long WAIT = 50;

    /** The same when it is looked for: whoever is not done by then is waited for outside of the transaction. */
    private static final long SHORT_WAIT = 10;

    private static final int PIECES = 8;

    private final SinkSession session;
    private final MirroredTable table;
    private final Set<String> leftOut = new TreeSet<>();

    RowInserter(SinkSession session, MirroredTable table) {
        this.session = session;
        this.table = table;
    }

    /**
     * All in one statement.
     *
     * @return the keys that are inserted, and by that locked
     * @throws SQLException also if it would have to wait (see {@link SqlFaults#isWait})
     */
    Set<String> together(List<MirroredRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return Set.of();
        }
        session.locking();
        session.limitWaits(WAIT);
        Set<String> inserted = insert(rows);
        session.unlimitWaits();
        return inserted;
    }

    /** Those that would have to wait are found by cutting the list in ever smaller pieces, and left out. */
    Set<String> carefully(List<MirroredRow> rows) throws SQLException {
        Set<String> inserted = new TreeSet<>();
        session.locking();
        if (rows.isEmpty() || !session.mayWait()) {
            return inserted;
        }
        Savepoint savepoint = session.savepoint();
        try {
            session.limitWaits(SHORT_WAIT);
            inserted.addAll(insert(rows));
            session.unlimitWaits();
            session.release(savepoint);
            rows.stream()
                    .map(MirroredRow::key)
                    .filter(key -> !inserted.contains(key))
                    .forEach(leftOut::add);
        } catch (SQLException e) {
            session.rollback(savepoint);
            if (!SqlFaults.isWait(e)) {
                throw e;
            }
            int piece = (rows.size() + PIECES - 1) / PIECES;
            for (int i = 0; rows.size() > 1 && i < rows.size(); i += piece) {
                inserted.addAll(carefully(rows.subList(i, Math.min(rows.size(), i + piece))));
            }
        }
        return inserted;
    }

    /** Keys that {@link #carefully} did not insert although nobody was waited for: others have inserted them, or a trigger leaves them out. */
    Set<String> leftOut() {
        return leftOut;
    }

    /** Whether the row is not inserted, though nobody is waited for. */
    boolean isSuppressed(MirroredRow row) throws SQLException {
        Savepoint savepoint = session.savepoint();
        boolean suppressed = false;
        try {
            session.limitWaits(SHORT_WAIT);
            suppressed = insert(List.of(row)).isEmpty();
        } catch (SQLException e) {
            if (!SqlFaults.isWait(e)) {
                throw e;
            }
        }
        session.rollback(savepoint);
        return suppressed;
    }

    private Set<String> insert(List<MirroredRow> rows) throws SQLException {
        try {
            return new TreeSet<>(
                    columns(session.on(table.name(), "insert_rows"), rows).texts());
        } catch (SQLException e) {
            throw RowWriter.refusal(e);
        }
    }

    static Query columns(Query query, Collection<MirroredRow> rows) throws SQLException {
        return query.texts(rows, MirroredRow::key)
                .texts(rows, MirroredRow::value)
                .numbers(rows, r -> r.mirror().createRevision())
                .numbers(rows, r -> r.mirror().revision())
                .numbers(rows, r -> r.mirror().version())
                .numbers(rows, r -> r.mirror().lease());
    }
}
