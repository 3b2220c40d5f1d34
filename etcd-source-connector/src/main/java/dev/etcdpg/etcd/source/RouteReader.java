package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.source.emit.PollBatch;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.history.HistoryCheck.Action;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one key range of a route. It delivers the events of the watch session and, if a snapshot is needed, the pages of the snapshot.
 * {@link #work} never waits for events. Not thread-safe.
 */
public final class RouteReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReader.class);

    private final Connection etcd;
    private final HistoryGuard history;
    private final ReaderSession sessions;
    private final ReaderSchedule schedule;
    private final RevisionDelivery delivery;
    private final Output output;

    /**
     * The connection to etcd.
     *
     * @param requests the pauses between requests
     * @param replace replaces all connections
     */
    record Connection(EpochStore epochs, EtcdRetryPolicy requests, Runnable replace) {}

    /** The components that produce the records, the tracker of their offset, and the metrics of the key range. */
    record Output(OffsetTracker offsets, RecordEmitter emitter, SnapshotCoordinator snapshots, RangeMetrics metrics) {}

    RouteReader(
            Connection etcd,
            HistoryGuard history,
            ReaderSession sessions,
            ReaderSchedule schedule,
            RevisionDelivery delivery,
            Output output) {
        this.etcd = etcd;
        this.history = history;
        this.sessions = sessions;
        this.schedule = schedule;
        this.delivery = delivery;
        this.output = output;
    }

    /**
     * Adds the records that can be delivered now to the batch. After a transient failure the next call continues.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if the task must fail
     */
    public void work(PollBatch batch) {
        try {
            WatchSession session = sessions.connect();
            if (session != null && receive(session) && deliver(session, batch)) {
                requestProgress(session);
                if (look(session, batch)) {
                    runSnapshot(session, batch);
                    output.snapshots().removeAnswered();
                    requestProgress(session);
                }
            }
        } catch (EtcdFailure e) {
            // the next call asks again; a snapshot continues with the same page
            LOG.debug("{}", e.getMessage());
        }
    }

    /** @return whether the session goes on */
    private boolean receive(WatchSession session) {
        session.receive();
        output.offsets().reached(session.seen());
        session.end().ifPresent(end -> sessions.end(end.gap()));
        return session.end().isEmpty();
    }

    /** @return whether the session goes on */
    private boolean deliver(WatchSession session, PollBatch batch) {
        boolean sameHistory = delivery.deliver(session, batch);
        reached(session.seen());
        if (!sameHistory) {
            sessions.end(null);
        }
        return sameHistory;
    }

    private void reached(long etcd) {
        output.metrics()
                .reached(output.offsets().epoch(), etcd, output.offsets().delivered());
    }

    /**
     * Reads the state of etcd if it is time, and emits heartbeats.
     *
     * @return whether the session goes on
     */
    private boolean look(WatchSession session, PollBatch batch) {
        if (!schedule.isLookDue()) {
            return true;
        }
        EtcdState state = etcd.epochs().state();
        if (!isSameHistory(session, state)) {
            sessions.end(null);
            return false;
        }
        schedule.looked();
        reached(Math.max(session.seen(), state.revision()));
        if (schedule.isSnapshotDue()) {
            schedule.snapshotBegan();
            output.snapshots().wantRegular();
        }
        if (session.failSilentStreams(state.revision())) {
            // the old client would choose the dead connection again
            etcd.replace().run();
        }
        if (schedule.isHeartbeatDue()) {
            schedule.heartbeatSent();
            output.emitter().heartbeats(output.offsets().delivered());
            output.emitter().seal(batch);
        }
        return true;
    }

    private boolean isSameHistory(WatchSession session, EtcdState state) {
        Verdict verdict = history.judge(state);
        // the watch delivers a later epoch in order, unless the watch is already past the revision of the epoch
        boolean epochFollows = verdict.action() == Action.SNAPSHOT && state.epochRevision() > session.through();
        return verdict.action() == Action.GO_ON || epochFollows;
    }

    private void runSnapshot(WatchSession session, PollBatch batch) {
        if (!session.isBroken() && !batch.isFull()) {
            output.snapshots().step(session.through(), batch);
        }
    }

    private void requestProgress(WatchSession session) {
        session.requestProgress(output.snapshots().barrier());
    }

    /** Returns the nanoseconds until {@link #work} has something to do, if no watch delivers anything before. */
    public long nanosUntilWork() {
        WatchSession session = sessions.current();
        if (session == null || session.isBroken()) {
            return sessions.nanosUntilConnect();
        }
        boolean asks = schedule.isLookDue() || output.snapshots().hasWork(session.through());
        long untilRequest = asks ? etcd.requests().nanosUntilReady() : schedule.nanosUntilLook();
        return Math.min(Math.max(0, untilRequest), session.nanosUntilAsking());
    }

    /** Returns whether {@link #stored} has a use. */
    public boolean wantsStoredOffset() {
        return output.snapshots().wantsStoredOffset();
    }

    /** @param offset the offset that Connect has stored */
    public void stored(Map<String, ?> offset) {
        output.snapshots().stored(offset);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
