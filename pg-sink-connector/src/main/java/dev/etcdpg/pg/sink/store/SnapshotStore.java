package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.client.SqlStatement;

/** {@code etcd_snapshot}: end marks, which say up to which revision a range of a partition was read. */
public final class SnapshotStore {

    private final SinkSession session;
    private final String route;

    public SnapshotStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /**
     * Deletes the end marks that a new end mark replaces: end marks of ranges within its range, and end marks of earlier epochs with another
     * number of partitions.
     */
    public void deleteReplaced(Pipeline pipeline, int partition, EtcdRecord.End end) {
        pipeline.add(bounds(session.sql("delete_replaced_snapshots"), partition, end)
                .set("partitions", end.partitions())
                .set("open", end.range().through().isEmpty()));
    }

    /** Saves an end mark, unless a later one of the same range exists. Remembers for the history whether it is the first one of its epoch. */
    public void save(Pipeline pipeline, int partition, EtcdRecord.End end) {
        pipeline.add(bounds(session.sql("save_snapshot"), partition, end)
                        .set("partitions", end.partitions())
                        .set("request_id", end.request()))
                .add(bounds(session.sql("save_first_snapshot"), partition, end));
    }

    private SqlStatement bounds(SqlStatement statement, int partition, EtcdRecord.End end) {
        KeyRange range = end.range();
        return statement
                .set("route", route)
                .set("partition", partition)
                .set("after_key", range.after())
                .set("through_key", range.through())
                .set("epoch", end.at().epoch())
                .set("revision", end.at().revision());
    }
}
