package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.client.Pipeline;
import java.sql.SQLException;
import java.util.Collection;

/** {@code etcd_dispatch_queue}: keys that dispatch must look at. */
public final class DispatchQueueStore {

    private final SinkSession session;
    private final String route;

    public DispatchQueueStore(SinkSession session, String route) {
        this.session = session;
        this.route = route;
    }

    public void enqueue(Pipeline pipeline, Collection<String> keys) throws SQLException {
        pipeline.add(session.sql("enqueue_keys").set("route", route).texts("keys", keys));
        session.notifyDispatch();
    }

    /** Enqueues all keys of a range and partition that have pending changes. Yields the number of keys. */
    public Pipeline.Result<Long> enqueuePending(Pipeline pipeline, int partition, KeyRange range) {
        return pipeline.one(
                session.sql("enqueue_pending")
                        .set("route", route)
                        .set("partition", partition)
                        .set("after_key", range.after())
                        .set("through_key", range.through()),
                row -> row.getLong(1));
    }
}
