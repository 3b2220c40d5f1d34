package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.pg.sink.store.MirroredRow;
import dev.etcdpg.pg.sink.store.RowStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that are locked. The writes themselves wait for no other transaction. Constraints and triggers of the application may wait, while
 * an application waits for the locks of the sink. Therefore the writes are limited too.
 */
final class RowWriter {

    /** Longest wait of a statement for one lock, in ms. */
    private static final long WAIT_MS = 50;

    /** Classes of SQLSTATE that say nothing about the row: a trigger lacks rights, tables or columns, whatever the row is. */
    private static final Set<String> NOT_ABOUT_THE_ROW = Set.of("28", "3F", "42", "F0", "XX");

    private final SinkSession session;
    private final RowStore rows;

    RowWriter(SinkSession session, RowStore rows) {
        this.session = session;
        this.rows = rows;
    }

    /** Takes the lock of the table. Returns null if the lock is taken. */
    @Nullable
    Obstacle lockTable() throws SQLException {
        session.limits().startLocking();
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        Pipeline pipeline = session.pipeline();
        rows.markSinkWrites(pipeline);
        session.limits().within(WAIT_MS, pipeline, rows::lockTable);
        try {
            pipeline.run();
            return null;
        } catch (SQLException e) {
            if (!SqlFaults.isWait(e)) {
                throw e;
            }
            return new Obstacle.TableLocked("SQLSTATE " + e.getSQLState());
        }
    }

    /**
     * Updates and deletes rows, and checks deferred constraints, which would otherwise be checked at the commit.
     *
     * @param inserted whether rows were inserted before
     * @param guard finds rows that triggers write meanwhile
     * @return null if the rows are written
     */
    @Nullable
    Obstacle write(List<MirroredRow> updated, Collection<String> deleted, boolean inserted, TriggerWriteGuard guard)
            throws SQLException {
        if (updated.isEmpty() && deleted.isEmpty() && !inserted) {
            return null;
        }
        if (!updated.isEmpty() && !deleted.isEmpty()) {
            Obstacle obstacle = write(updated, List.of(), false);
            if (obstacle == null) {
                obstacle = guard.check(deleted);
            }
            return obstacle == null ? write(List.of(), deleted, true) : obstacle;
        }
        return write(updated, deleted, true);
    }

    private @Nullable Obstacle write(List<MirroredRow> updated, Collection<String> deleted, boolean checkConstraints)
            throws SQLException {
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<Integer> written = session.limits().within(WAIT_MS, pipeline, limited -> {
            Pipeline.Result<Integer> count = Pipeline.Result.of(0);
            if (!updated.isEmpty()) {
                count = rows.update(limited, updated);
            } else if (!deleted.isEmpty()) {
                count = rows.delete(limited, deleted);
            }
            if (checkConstraints) {
                rows.checkConstraints(limited);
            }
            return count;
        });
        try {
            pipeline.run();
        } catch (SQLException e) {
            return obstacle(e);
        }
        if (written.get() == updated.size() + deleted.size()) {
            return null;
        }
        return Obstacle.RowRefused.byTrigger(
                updated.isEmpty() ? "leaves the row in the table" : "leaves the row as it was");
    }

    /**
     * Returns the obstacle that an error reports when rows are written. An error of a trigger or constraint of the application is about the
     * row, whatever the code of the error is.
     *
     * @throws SQLException the error itself, if it is not about the row
     */
    static Obstacle obstacle(SQLException e) throws SQLException {
        String state = e.getSQLState();
        boolean aboutTheRow = state != null
                && state.length() == 5
                && !SqlFaults.isTransient(e)
                && !SqlFaults.isMissing(e)
                && !NOT_ABOUT_THE_ROW.contains(state.substring(0, 2));
        return aboutTheRow ? Obstacle.RowRefused.of(e) : Obstacle.of(e);
    }
}
