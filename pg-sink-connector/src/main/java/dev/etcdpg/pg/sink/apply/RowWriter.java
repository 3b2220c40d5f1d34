package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.SqlFaults;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * VerdictWriter rows that we have locked. By themselves they wait for nobody; but constraints and triggers of the application may, while an
 * application waits for our locks. So they too are given up before PostgreSQL would look for a deadlock.
 */
final class RowWriter {

    /** By somebody who locked it as a whole: an operator, or an index being made. */
    static final class TableIsLocked extends SQLException {
        private static final long serialVersionUID = 1;

        private TableIsLocked(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause);
        }
    }

    /** How long a statement may wait for a lock, in ms. */
    private static final long WAIT = 50;

    /** What a trigger is refused for want of rights, tables or columns is for somebody to look at, whatever the row. */
    private static final Set<String> NOT_THE_ROW = Set.of("28", "3F", "42", "F0", "XX");

    private final SinkSession session;
    private final MirroredTable table;

    RowWriter(SinkSession session, MirroredTable table) {
        this.session = session;
        this.table = table;
    }

    /** @throws TableIsLocked if that would take long: then it must be tried again later */
    void lockTable() throws SQLException {
        session.locking();
        session.limitWaits(WAIT);
        try {
            session.executeOn(table.name(), "lock_table");
        } catch (SQLException e) {
            throw SqlFaults.isWait(e) ? new TableIsLocked(e) : e;
        }
        session.unlimitWaits();
    }

    /**
     * Constraints that are deferred are checked here, not at the commit.
     *
     * @param inserted whether rows were inserted before
     * @param touched what triggers write meanwhile
     * @throws SQLException also if it would have to wait (see {@link SqlFaults#isWait}), or an application's trigger leaves a row out
     */
    void write(List<MirroredRow> updated, Collection<String> deleted, boolean inserted, TriggerWriteGuard touched)
            throws SQLException {
        if (updated.isEmpty() && deleted.isEmpty() && !inserted) {
            return;
        }
        session.limitWaits(WAIT);
        try {
            if (!updated.isEmpty()) {
                int count = RowInserter.columns(session.on(table.name(), "update_rows"), updated)
                        .update();
                refuseUnless(count == updated.size(), "as it was");
                touched.refuse(deleted);
            }
            if (!deleted.isEmpty()) {
                int count =
                        session.on(table.name(), "delete_rows").texts(deleted).update();
                refuseUnless(count == deleted.size(), "in the table");
            }
            session.execute("immediate");
        } catch (SQLException e) {
            throw refusal(e);
        }
        session.unlimitWaits();
    }

    /** Whatever an application's trigger or constraint says, under whatever code of its own, is about the row. */
    static SQLException refusal(SQLException e) {
        String state = e.getSQLState();
        boolean aboutTheRow = state != null
                && state.length() == 5
                && !SqlFaults.isTransient(e)
                && !SqlFaults.isMissing(e)
                && !SqlFaults.isData(e)
                && !NOT_THE_ROW.contains(state.substring(0, 2));
        return aboutTheRow ? new SQLException(SqlFaults.describe(e), "P0001", e) : e;
    }

    private static void refuseUnless(boolean complete, String how) throws SQLException {
        if (!complete) {
            throw new SQLException("a trigger of the application leaves the row " + how, "P0001");
        }
    }
}
