package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.store.MirroredRow;
import dev.etcdpg.pg.sink.store.RowStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows that are missing. An inserted row is locked. Rows that another transaction has inserted are not changed. An insert may wait for
 * another transaction's uncommitted insert of the same key, but never so long that PostgreSQL looks for a deadlock.
 */
final class RowInserter {

    /** Longest wait of an insert of all rows, in ms. */
    private static final long WAIT_MS = 50;

    /** Longest wait of an insert in ms, while the sink looks for the row that must wait. Longer waits happen outside of the transaction. */
    private static final long SHORT_WAIT_MS = 10;

    private static final int PIECES = 8;

    private final SinkSession session;
    private final RowStore rows;
    private final Set<String> inserted = new TreeSet<>();
    private final Set<String> leftOut = new TreeSet<>();

    RowInserter(SinkSession session, RowStore rows) {
        this.session = session;
        this.rows = rows;
    }

    /** Returns the keys of the inserted rows. */
    Set<String> inserted() {
        return inserted;
    }

    /**
     * Returns the keys that {@link #insertCarefully} left out without a wait: another transaction has inserted them, or a trigger leaves them
     * out.
     */
    Set<String> leftOut() {
        return leftOut;
    }

    /** Inserts all rows by one statement. Returns null if that succeeds. */
    @Nullable
    Obstacle insertTogether(List<MirroredRow> all) throws SQLException {
        if (all.isEmpty()) {
            return null;
        }
        session.limits().startLocking();
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        try {
            inserted.addAll(insert(WAIT_MS, all));
            return null;
        } catch (SQLException e) {
            return RowWriter.obstacle(e);
        }
    }

    /**
     * Inserts the rows that need no wait for another transaction. Finds the other rows by cutting the list into ever smaller pieces. Returns
     * null, or the obstacle if a row is refused.
     */
    @Nullable
    Obstacle insertCarefully(List<MirroredRow> all) throws SQLException {
        session.limits().startLocking();
        if (all.isEmpty() || !session.limits().hasTime()) {
            return null;
        }
        Savepoint savepoint = session.savepoint();
        try {
            Set<String> done = insert(SHORT_WAIT_MS, all);
            session.release(savepoint);
            inserted.addAll(done);
            all.stream()
                    .map(MirroredRow::key)
                    .filter(key -> !done.contains(key))
                    .forEach(leftOut::add);
            return null;
        } catch (SQLException e) {
            session.rollback(savepoint);
            return SqlFaults.isWait(e) ? insertInPieces(all) : RowWriter.obstacle(e);
        }
    }

    private @Nullable Obstacle insertInPieces(List<MirroredRow> all) throws SQLException {
        int size = (all.size() + PIECES - 1) / PIECES;
        for (int i = 0; all.size() > 1 && i < all.size(); i += size) {
            Obstacle obstacle = insertCarefully(all.subList(i, Math.min(all.size(), i + size)));
            if (obstacle != null) {
                return obstacle;
            }
        }
        return null;
    }

    /** Tries to insert a row, and undoes the insert. Returns whether the row was left out without a wait for another transaction. */
    boolean tryLeavesOut(MirroredRow row) throws SQLException {
        Savepoint savepoint = session.savepoint();
        boolean leavesOut = false;
        try {
            leavesOut = session.limits().hasTime()
                    && insert(SHORT_WAIT_MS, List.of(row)).isEmpty();
        } catch (SQLException e) {
            if (!SqlFaults.isWait(e)) {
                throw e;
            }
        }
        session.rollback(savepoint);
        return leavesOut;
    }

    private Set<String> insert(long waitMs, List<MirroredRow> some) throws SQLException {
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<List<String>> keys =
                session.limits().within(waitMs, pipeline, limited -> rows.insert(limited, some));
        pipeline.run();
        return new TreeSet<>(keys.get());
    }
}
