package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.emit.PollBatch;
import dev.etcdpg.etcd.source.metrics.SnapshotReason;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetFormat;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.offset.SourceOffset.UnfinishedSnapshot;
import dev.etcdpg.etcd.source.partition.Scope;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when a snapshot begins and which keys it has, runs it, and removes the requests that it answers. Not thread-safe. */
public final class SnapshotCoordinator {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCoordinator.class);

    private final SnapshotContext context;
    private final OffsetTracker offsets;
    private final LongSupplier nanoTime;
    private final SnapshotRequests requests;
    private final SnapshotPlanner planner;
    private @Nullable WantedSnapshot wanted;
    private @Nullable SnapshotRun run;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public SnapshotCoordinator(SnapshotContext context, OffsetTracker offsets, LongSupplier nanoTime) {
        this.context = context;
        this.offsets = offsets;
        this.nanoTime = nanoTime;
        this.requests = new SnapshotRequests(context.scope(), context.etcd(), context.keys());
        this.planner = new SnapshotPlanner(context, offsets, requests);
    }

    /** Schedules a snapshot of all keys of the reader in place of any other, and cuts a running snapshot off. */
    public void wantAll(SnapshotReason reason, String text) {
        cutOff();
        wanted = new WantedSnapshot(context.scope().range(), reason, text);
    }

    /** Schedules a snapshot of all keys of the reader, unless one is running or wanted. */
    public void wantRegular() {
        if (run == null && wanted == null) {
            want(context.scope().range(), SnapshotReason.INTERVAL, "snapshot.interval.ms has passed");
        }
    }

    private void want(KeyRange keys, SnapshotReason reason, String text) {
        wanted = wanted == null ? new WantedSnapshot(keys, reason, text) : wanted.with(keys);
    }

    /** Takes a request that the watch has delivered, unless a snapshot that has begun answers it. */
    public void take(BookkeepingNotice.Request request) {
        if (request.revision() > offsets.requestsTakenThrough()) {
            Ranges.intersection(request.range(), context.scope().range())
                    .ifPresent(keys -> want(keys, request.number()));
        }
    }

    private void want(KeyRange keys, long request) {
        want(keys, SnapshotReason.REQUEST, "request " + request + " asks for it");
    }

    /**
     * Prepares for a session that continues after the last delivered revision: schedules the snapshot that was cut off, and takes the pending
     * requests.
     *
     * @param revision the revision of etcd
     * @param all whether a snapshot of all keys is wanted at this start
     * @throws EtcdFailure if etcd did not answer; then nothing has changed
     */
    public void resume(long revision, boolean all) {
        List<PendingRequest> pending = requests.pending(revision);
        UnfinishedSnapshot unfinished = offsets.snapshot();
        if (unfinished != null) {
            KeyRange keys = unfinished.keys();
            want(
                    keys == null ? context.scope().range() : keys,
                    SnapshotReason.UNFINISHED,
                    "the last snapshot was not finished");
        }
        if (all) {
            want(context.scope().range(), SnapshotReason.ALWAYS, "snapshot.mode is always");
        }
        for (PendingRequest request : pending) {
            if (request.revision() > offsets.requestsAnsweredThrough()) {
                want(request.keys(), request.number());
            } else {
                requests.addAnswered(request);
            }
        }
        requests.storedThrough(offsets.requestsAnsweredThrough());
    }

    /** Forgets the requests that were answered, because etcd has another history. */
    public void forgetAnswered() {
        requests.clear();
    }

    /** Cuts the running snapshot off, because its session has ended. */
    public void cutOff() {
        run = null;
        context.metrics().snapshotStopped();
    }

    /** Returns whether a snapshot of this key is running or wanted. */
    public boolean covers(String key) {
        return (run != null && run.keys().contains(key))
                || (wanted != null && wanted.keys().contains(key));
    }

    /** Returns the revision through which all events must be delivered before the snapshot can continue; 0 for none. */
    public long barrier() {
        return run == null ? 0 : run.barrier();
    }

    /** Returns the revision through which events may be delivered now. */
    public long deliveryLimit() {
        return run == null ? Long.MAX_VALUE : run.deliveryLimit();
    }

    /**
     * Returns whether {@link #step} or {@link #removeAnswered} has work.
     *
     * @param delivered all events up to and including this revision were delivered
     */
    public boolean hasWork(long delivered) {
        boolean snapshot = run == null ? wanted != null : delivered >= run.barrier();
        return snapshot || requests.hasRemovable();
    }

    /**
     * Emits the next page of the snapshot, if there is one, and seals it. Begins a snapshot that is wanted.
     *
     * @param delivered all events up to and including this revision were delivered
     * @throws EtcdFailure if etcd did not answer; then the next call tries the same again
     */
    public void step(long delivered, PollBatch batch) {
        if (run == null && wanted != null) {
            run = begin(wanted);
            wanted = null;
        }
        if (run == null) {
            return;
        }
        if (run.step(delivered) == SnapshotRun.Step.FINISHED) {
            finish(run);
            run = null;
        }
        context.emitter().seal(batch);
    }

    private SnapshotRun begin(WantedSnapshot snapshot) {
        Scope scope = context.scope();
        SnapshotPlan plan = planner.plan(snapshot.keys());
        LOG.info(
                "{}: snapshot{} at revision {}, of about {} keys, because {}",
                scope,
                Scope.of(plan.keys()),
                plan.revision(),
                plan.total(),
                snapshot.text());
        LogEvent.of("resync")
                .route(scope.route().name())
                .revision(new Revision(offsets.epoch(), plan.revision()))
                .with("reason", snapshot.reason().tag())
                .with("after", plan.keys().after())
                .with("through", plan.keys().through())
                .with("keys", plan.total())
                .cause(snapshot.text())
                .info();
        offsets.snapshotBegan(plan.revision(), plan.keys());
        context.metrics().snapshotBegan(snapshot.reason(), plan.total());
        return new SnapshotRun(
                context, plan, new SnapshotProgress(scope.toString(), plan.total(), context.metrics(), nanoTime));
    }

    private void finish(SnapshotRun finished) {
        offsets.snapshotEnded(finished.request());
        context.metrics().count(Counter.SNAPSHOTS_ENDED);
        context.metrics().snapshotStopped();
        LOG.info(
                "{}: snapshot{} ended with {}; delivered through revision {}; {}",
                context.scope(),
                Scope.of(finished.keys()),
                finished.progress(),
                offsets.delivered(),
                context.metrics());
        // a heartbeat carries the offset, even if there was no answer to emit
        context.emitter().heartbeats(offsets.delivered());
    }

    /** Returns whether the stored offset may show that requests are answered. */
    public boolean wantsStoredOffset() {
        return requests.hasAnswered() && !offsets.isSnapshotUnderWay();
    }

    /** @param offset the offset that Connect has stored */
    public void stored(Map<String, ?> offset) {
        requests.storedThrough(OffsetFormat.requestsAnsweredThrough(offset, offsets.epoch()));
    }

    /** @throws EtcdFailure if etcd did not answer; the next call tries again */
    public void removeAnswered() {
        requests.removeAnswered();
    }
}
