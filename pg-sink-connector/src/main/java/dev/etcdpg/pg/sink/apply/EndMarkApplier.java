package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.store.DispatchQueueStore;
import dev.etcdpg.pg.sink.store.PgRequestStore;
import dev.etcdpg.pg.sink.store.SinkSession;
import dev.etcdpg.pg.sink.store.SnapshotStore;
import dev.etcdpg.pg.sink.store.UntrustedRangeStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Applies end marks. After an end mark, keys of the range may be dispatched, answers in the range are trusted again, and requests for the range
 * are answered.
 */
final class EndMarkApplier {

    private final SinkSession session;

    EndMarkApplier(SinkSession session) {
        this.session = session;
    }

    void apply(PartitionState state, EtcdRecord.End end) throws SQLException {
        String route = state.route().name();
        int partition = state.partition().partition();
        SnapshotStore snapshots = new SnapshotStore(session, route);
        PgRequestStore requests = new PgRequestStore(session, route);
        Pipeline pipeline = session.pipeline();
        snapshots.deleteReplaced(pipeline, partition, end);
        snapshots.save(pipeline, partition, end);
        requests.deleteAnswered(pipeline, partition, end);
        Pipeline.Result<Integer> repeated = requests.repeatUnanswered(pipeline, end);
        trust(pipeline, state, end);
        Pipeline.Result<Long> enqueued =
                new DispatchQueueStore(session, route).enqueuePending(pipeline, partition, end.range());
        pipeline.run();
        if (repeated.get() > 0 || enqueued.get() > 0) {
            session.notifyDispatch();
        }
    }

    private void trust(Pipeline pipeline, PartitionState state, EtcdRecord.End end) throws SQLException {
        UntrustedRangeStore store =
                new UntrustedRangeStore(session, state.route().name());
        int partition = state.partition().partition();
        Map<KeyRange, UntrustedRange> before = state.untrusted().all();
        List<KeyRange> removed = state.untrusted().trust(end.range(), end.request());
        removed.forEach(range -> store.delete(pipeline, partition, range));
        state.untrusted().all().forEach((range, untrusted) -> {
            if (!untrusted.equals(before.get(range))) {
                store.save(pipeline, partition, range, untrusted);
            }
        });
        Set<Long> healed = new TreeSet<>();
        removed.forEach(
                range -> healed.add(Objects.requireNonNull(before.get(range)).request()));
        if (!healed.isEmpty()) {
            new PgRequestStore(session, state.route().name()).deleteUnsent(pipeline, healed);
        }
    }
}
