package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.client.Pipeline;
import java.sql.SQLException;
import java.util.Collection;

/** {@code etcd_request}: requests of PostgreSQL to the etcd source for snapshots and epochs. */
public final class PgRequestStore {

    private final SinkSession session;
    private final String route;

    public PgRequestStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    /** Requests a snapshot of a range. Returns the id of the request. */
    public long requestSnapshot(KeyRange range, long epoch, String reason) throws SQLException {
        long id = 0;
        while (id == 0) { // another transaction may take the id
            id = session.sql("request_snapshot")
                    .set("route", route)
                    .set("after_key", range.after())
                    .set("through_key", range.through())
                    .set("epoch", epoch)
                    .set("reason", reason)
                    .one(row -> row.getLong("id"));
        }
        session.notifyDispatch();
        return id;
    }

    /** Deletes the requests that an end mark answers, now that it is saved. */
    public void deleteAnswered(Pipeline pipeline, int partition, EtcdRecord.End end) {
        pipeline.add(session.sql("delete_answered_requests")
                .set("route", route)
                .set("request_id", end.request())
                .set("partition", partition)
                .set("epoch", end.at().epoch()));
    }

    /**
     * Deletes requests that no notify source has taken, because another snapshot has healed the losses for which they were made.
     *
     * @param ids requests of ranges that were healed; a request that another untrusted range needs is not deleted
     */
    public void deleteUnsent(Pipeline pipeline, Collection<Long> ids) throws SQLException {
        // Two tasks may heal the last two ranges of a request at the same time. Without the lock, each would see the
        // range of the other.
        pipeline.add(session.sql("lock_requests").set("route", route).numbers("ids", ids, id -> id));
        pipeline.add(session.sql("delete_unsent_requests").set("route", route).numbers("ids", ids, id -> id));
    }

    /** Repeats requests that an earlier epoch of etcd did not answer. Yields the number of repeated requests. */
    public Pipeline.Result<Integer> repeatUnanswered(Pipeline pipeline, EtcdRecord.End end) {
        return pipeline.update(session.sql("repeat_unanswered_requests")
                .set("route", route)
                .set("request_id", end.request())
                .set("epoch", end.at().epoch()));
    }
}
