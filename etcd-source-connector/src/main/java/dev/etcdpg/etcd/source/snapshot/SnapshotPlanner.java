package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.store.EpochStore;
import java.util.List;

/** Decides the revision of a snapshot, and which requests it answers beside the reason why it begins. Not thread-safe. */
final class SnapshotPlanner {

    private final SnapshotContext context;
    private final OffsetTracker offsets;
    private final SnapshotRequests requests;
    private final EpochStore epochs;

    SnapshotPlanner(SnapshotContext context, OffsetTracker offsets, SnapshotRequests requests) {
        this.context = context;
        this.offsets = offsets;
        this.requests = requests;
        this.epochs = new EpochStore(context.etcd(), context.keys());
    }

    /**
     * Plans a snapshot that begins now. The plan covers the keys of all pending requests.
     *
     * @throws EtcdFailure if etcd did not answer; then nothing has changed
     */
    SnapshotPlan plan(KeyRange wanted) {
        long revision = epochs.state().revision();
        List<PendingRequest> pending = requests.pending(revision);
        long highest = offsets.highestRequest();
        KeyRange keys = wanted;
        for (PendingRequest request : pending) {
            if (request.revision() > offsets.requestsAnsweredThrough()) {
                highest = Math.max(highest, request.number());
                keys = Ranges.hull(keys, request.keys());
            }
        }
        long total = context.etcd().count(context.scope().span(keys), 0);
        pending.forEach(requests::addAnswered);
        return new SnapshotPlan(keys, revision, highest, total);
    }
}
