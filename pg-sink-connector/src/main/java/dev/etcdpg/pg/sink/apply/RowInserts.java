package dev.etcdpg.pg.sink.apply;

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
final class RowInserts {

    private final Session session;
    private final Table table;

    RowInserts(Session session, Table table) {
        this.session = session;
        this.table = table;
    }

    /**
     * All in one statement.
     *
     * @return the keys that are inserted, and by that locked
     * @throws SQLException also if it would have to wait (see {@link Failures#isWait})
     */
    Set<String> together(List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return Set.of();
        }
        session.locking();
        if (!session.limitWaits(true)) {
            throw new SQLException("no time left to wait for inserts of others", "55P03");
        }
        Set<String> inserted = insert(rows);
        session.unlimitWaits();
        return inserted;
    }

    /** One by one: those that would have to wait too long are left out. */
    Set<String> singly(Collection<Row> rows) throws SQLException {
        Set<String> inserted = new TreeSet<>();
        session.locking();
        for (Row row : rows) {
            Savepoint savepoint = session.savepoint();
            try {
                if (!session.limitWaits(false)) {
                    session.release(savepoint);
                    break;
                }
                inserted.addAll(insert(List.of(row)));
                session.unlimitWaits();
                session.release(savepoint);
            } catch (SQLException e) {
                session.rollback(savepoint);
                if (!Failures.isWait(e)) {
                    throw e;
                }
            }
        }
        return inserted;
    }

    private Set<String> insert(List<Row> rows) throws SQLException {
        return new TreeSet<>(
                columns(session.on(table.name(), "insert_rows"), rows).texts());
    }

    static Query columns(Query query, Collection<Row> rows) throws SQLException {
        return query.texts(rows, Row::key)
                .texts(rows, Row::value)
                .numbers(rows, r -> r.mirror().createRevision())
                .numbers(rows, r -> r.mirror().revision())
                .numbers(rows, r -> r.mirror().version())
                .numbers(rows, r -> r.mirror().lease());
    }
}
