package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The mirrored table itself. */
public final class RowStore {

    private final SinkSession session;
    private final MirroredTable table;

    public RowStore(SinkSession session, MirroredTable table) {
        this.session = session;
        this.table = table;
    }

    /** Tells the triggers that the sink writes, until the end of the transaction or a rollback to an earlier savepoint. */
    public Pipeline markSinkWrites(Pipeline pipeline) {
        return pipeline.add(session.sql("mark_sink_writes"));
    }

    /** Takes the table lock that all later statements need. */
    public Pipeline lockTable(Pipeline pipeline) {
        return pipeline.add(session.on(table, "lock_table"));
    }

    /**
     * Locks the rows that no other transaction has locked, and returns their keys. Does not wait.
     *
     * @param updated keys of rows that are not deleted; their lock does not conflict with the check of a foreign key
     * @param deleted keys of rows that may be deleted
     */
    public Set<String> lockRows(Collection<String> updated, Collection<String> deleted) throws SQLException {
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<List<String>> first = lock(pipeline, "lock_updated_rows", updated);
        Pipeline.Result<List<String>> second = lock(pipeline, "lock_deleted_rows", deleted);
        pipeline.run();
        Set<String> locked = new TreeSet<>(first.get());
        locked.addAll(second.get());
        return locked;
    }

    private Pipeline.Result<List<String>> lock(Pipeline pipeline, String statement, Collection<String> keys)
            throws SQLException {
        return keys.isEmpty()
                ? Pipeline.Result.of(List.of())
                : pipeline.list(session.on(table, statement).texts("keys", keys), row -> row.getString("key"));
    }

    /** Inserts the rows whose keys are missing, and yields their keys. Waits for uncommitted inserts of the same keys. */
    public Pipeline.Result<List<String>> insert(Pipeline pipeline, Collection<MirroredRow> rows) throws SQLException {
        return pipeline.list(columns(session.on(table, "insert_rows"), rows), row -> row.getString("key"));
    }

    /** Updates rows. Yields the number of updated rows. */
    public Pipeline.Result<Integer> update(Pipeline pipeline, Collection<MirroredRow> rows) throws SQLException {
        return pipeline.update(columns(session.on(table, "update_rows"), rows));
    }

    /** Deletes rows. Yields the number of deleted rows. */
    public Pipeline.Result<Integer> delete(Pipeline pipeline, Collection<String> keys) throws SQLException {
        return pipeline.update(session.on(table, "delete_rows").texts("keys", keys));
    }

    /** Checks deferred constraints now, and at each later statement of the transaction. */
    public Pipeline checkConstraints(Pipeline pipeline) {
        return pipeline.add(session.sql("check_constraints_now"));
    }

    private static SqlStatement columns(SqlStatement statement, Collection<MirroredRow> rows) throws SQLException {
        return statement
                .texts("key", rows, MirroredRow::key)
                .texts("value", rows, MirroredRow::value)
                .numbers("create_revision", rows, row -> row.mirror().createRevision())
                .numbers("mod_revision", rows, row -> row.mirror().revision())
                .numbers("version", rows, row -> row.mirror().version())
                .numbers("lease", rows, row -> row.mirror().lease());
    }
}
