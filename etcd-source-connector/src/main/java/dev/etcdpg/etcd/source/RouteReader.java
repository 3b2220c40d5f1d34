package dev.etcdpg.etcd.source;

import dev.etcdpg.common.BookkeepingKeys;
import dev.etcdpg.etcd.source.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.decide.BookkeepingEvents;
import dev.etcdpg.etcd.source.decide.EtcdState;
import dev.etcdpg.etcd.source.decide.HistoryCheck;
import dev.etcdpg.etcd.source.decide.HistoryCheck.Action;
import dev.etcdpg.etcd.source.decide.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.decide.KeyChange;
import dev.etcdpg.etcd.source.decide.OffsetBook;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one route, or a key range of it: what its {@link WatchSession} delivers, and a {@link SnapshotRun} beside it when one is needed. A
 * session begins where everything was delivered, or, when that can not be told any more, with a snapshot. {@link #work} never waits for
 * events. Not thread-safe.
 */
final class RouteReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReader.class);

    private final Scope scope;
    private final ReaderSettings settings;
    private final EtcdReader etcd;
    private final WatchSession.Pair watches;
    private final BookkeepingKeys keys;
    private final BookkeepingEvents bookkeeping;
    private final OffsetBook offsets;
    private final Outbox out;
    private final AnsweredRequests answered = new AnsweredRequests();
    private final Patience requests;
    private final Patience watching;
    private final Clock clock;
    private final SourceMetrics metrics;

    private final Due heartbeat = new Due();
    /** Null while there is none. */
    private WatchSession session;
    /** Why the next session must begin with a snapshot, null if it need not. */
    private String gap;
    /** Why a snapshot must begin, null if none must. */
    private String snapshotReason;
    /** The snapshot under way, null if there is none. */
    private SnapshotRun snapshot;

    RouteReader(
            Scope scope,
            ReaderSettings settings,
            EtcdReader etcd,
            WatchSession.Pair watches,
            BookkeepingKeys keys,
            OffsetBook offsets,
            Outbox out,
            Patience requests,
            Patience watching,
            Clock clock,
            SourceMetrics metrics) {
        this.scope = scope;
        this.settings = settings;
        this.etcd = etcd;
        this.watches = watches;
        this.keys = keys;
        this.bookkeeping = new BookkeepingEvents(keys, scope.route().name(), scope.range());
        this.offsets = offsets;
        this.out = out;
        this.requests = requests;
        this.watching = watching;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Puts into the batch what can be delivered now. Failures that may pass are kept for later.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when it is time to give up
     */
    void work(Batch batch) {
        try {
            connect();
            if (session != null) {
                receive();
            }
            if (session != null) {
                deliver(batch);
            }
            if (session != null) {
                askForProgress();
                heartbeat(batch);
            }
            if (session != null) {
                runSnapshot(batch);
                answered.remove(etcd);
                askForProgress();
            }
        } catch (EtcdFailure e) {
            failed(e);
        }
    }

    /** How long until {@link #work} has something to do, if no watch says anything. */
    long nanosUntilWork() {
        if (session == null || session.isBroken()) {
            return Math.max(requests.nanosUntilNext(), watching.nanosUntilNext());
        }
        if (hasToAskEtcd()) {
            return Math.min(Math.max(0, requests.nanosUntilNext()), session.nanosUntilAsking());
        }
        return Math.min(heartbeat.nanosLeft(), session.nanosUntilAsking());
    }

    /** Whether it waits for an offset to be stored. */
    boolean wantsStoredOffset() {
        return !answered.isEmpty() && !offsets.isSnapshotUnderWay();
    }

    /** @param offset as Connect has stored it */
    void stored(Map<String, ?> offset) {
        answered.stored(offset);
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    private boolean hasToAskEtcd() {
        boolean snapshotGoesOn =
                snapshotReason != null || (snapshot != null && session.through() >= snapshot.barrier());
        return heartbeat.hasCome() || snapshotGoesOn || answered.isDue();
    }

    private void askForProgress() {
        session.askForProgress(snapshot == null ? 0 : snapshot.barrier());
    }

    // ---- sessions

    private void connect() {
        if (session == null) {
            beginSession();
        } else if (session.isBroken() && requests.isReady() && watching.mayTry()) {
            try {
                reopen();
            } catch (EtcdFailure e) {
                watching.postpone(e);
                throw e;
            }
        }
    }

    private void beginSession() {
        EtcdState state = etcd.state();
        Verdict verdict = HistoryCheck.decide(offsets.seen(), state, scope.partitions());
        if (verdict.action() == Action.GO_ON && offsets.event() != null && !etcd.stillHolds(offsets.event())) {
            verdict = new Verdict(
                    Action.NEW_EPOCH,
                    "the last event, at revision " + offsets.event().revision() + ", is not there as remembered");
        }
        if (verdict.action() == Action.NEW_EPOCH) {
            raiseEpoch(state, verdict.reason());
            state = etcd.state();
            verdict = HistoryCheck.decide(offsets.seen(), state, scope.partitions());
        }
        if (verdict.action() == Action.NEW_EPOCH) {
            // somebody has changed it meanwhile: look again
            return;
        }
        if (verdict.action() == Action.GO_ON && gap == null && offsets.delivered() > 0) {
            resume(state);
        } else {
            String reason = verdict.action() == Action.SNAPSHOT ? verdict.reason() : gap;
            jump(state, reason == null ? "the last snapshot was not finished" : reason);
        }
        heartbeat.in(settings.heartbeat());
    }

    private void raiseEpoch(EtcdState found, String reason) {
        if (etcd.raiseEpoch(found, offsets.epoch(), clock.millis())) {
            metrics.count(Counter.NEW_EPOCHS);
            LOG.warn("{}: a new epoch was begun, because {}", scope, reason);
        }
    }

    /** Goes on where everything was delivered. */
    private void resume(EtcdState state) {
        List<KeyChange> pending = etcd.requests(scope.route().name(), state.revision());
        LOG.info("{}: going on after revision {} of epoch {}", scope, offsets.delivered(), offsets.epoch());
        out.cluster(state.cluster());
        if (offsets.isSnapshotUnderWay()) {
            snapshotReason = "the last one was not finished";
        }
        for (KeyChange request : pending) {
            if (request.modRevision() > offsets.requestsAnsweredThrough()) {
                snapshotReason = "it was requested";
            } else {
                answered.add(request);
            }
        }
        answered.committedThrough(offsets.requestsAnsweredThrough());
        session = new WatchSession(scope, settings, watches, watching, metrics, offsets.delivered());
    }

    /** Goes on at etcd's revision, after a snapshot. */
    private void jump(EtcdState state, String reason) {
        LOG.info(
                "{}: from revision {} of epoch {} to revision {} of epoch {} by a snapshot, because {}",
                scope,
                offsets.delivered(),
                offsets.epoch(),
                state.revision(),
                state.epoch(),
                reason);
        gap = null;
        answered.clear();
        out.cluster(state.cluster());
        offsets.jumpedTo(state, scope.partitions());
        snapshotReason = reason;
        session = new WatchSession(scope, settings, watches, watching, metrics, state.revision());
    }

    private void reopen() {
        EtcdState state = etcd.state();
        if (HistoryCheck.decide(offsets.seen(), state, scope.partitions()).action() == Action.GO_ON) {
            session.reopen();
        } else {
            endSession(null);
        }
    }

    /** @param why the next one must begin with a snapshot; null if it can go on where everything was delivered */
    private void endSession(String why) {
        session.close();
        session = null;
        snapshot = null;
        gap = why;
    }

    private void cutSnapshot(String reason) {
        if (snapshot != null) {
            snapshot = null;
            snapshotReason = reason;
        }
    }

    // ---- events

    private void receive() {
        session.receive();
        offsets.saw(session.seen());
        if (session.hasEnded()) {
            endSession(session.gap());
        } else if (session.isBroken()) {
            cutSnapshot("the connection was lost while one was under way");
        }
    }

    private void deliver(Batch batch) {
        while (!batch.isFull()) {
            Optional<Delivery> next = session.next(snapshot == null ? Long.MAX_VALUE : snapshot.deliveryLimit());
            offsets.deliveredThrough(session.through());
            if (next.isEmpty()) {
                return;
            }
            for (KeyChange change : next.get().data()) {
                out.change(change, 0);
                offsets.deliveredEvent(change);
            }
            boolean sameHistory = true;
            for (KeyChange change : next.get().bookkeeping()) {
                sameHistory &= bookkeeping.read(change).map(this::noticed).orElse(true);
            }
            out.seal(batch);
            if (!sameHistory) {
                endSession(null);
                return;
            }
        }
    }

    /** @return false if etcd has another history */
    private boolean noticed(BookkeepingEvents.Notice notice) {
        if (notice instanceof BookkeepingEvents.Epoch epoch) {
            if (epoch.epoch() > offsets.epoch()) {
                LOG.info("{}: epoch {} was begun at revision {}", scope, epoch.epoch(), epoch.revision());
                offsets.epochBegan(epoch.epoch(), epoch.revision());
                snapshot = null;
                snapshotReason = "another epoch has begun";
            }
            return epoch.epoch() >= offsets.epoch();
        } else if (notice instanceof BookkeepingEvents.Answer answer) {
            // while a snapshot is under way answers are held back; after its end all are sent
            if (snapshot == null && snapshotReason == null) {
                out.answer(answer);
            }
        } else if (notice instanceof BookkeepingEvents.Request request) {
            if (request.revision() > offsets.requestsTakenThrough()) {
                snapshotReason = "it was requested";
            }
        } else if (notice instanceof BookkeepingEvents.Malformed malformed) {
            LOG.warn(
                    "Key {} at revision {} can not be read and is left out: {}",
                    malformed.key(),
                    malformed.revision(),
                    malformed.reason());
        }
        return true;
    }

    // ---- heartbeats and snapshots

    private void heartbeat(Batch batch) {
        if (!heartbeat.hasCome()) {
            return;
        }
        EtcdState state = etcd.state();
        Verdict verdict = HistoryCheck.decide(offsets.seen(), state, scope.partitions());
        // a later epoch comes by the watch, in order, unless the watch is past it already
        boolean comes = verdict.action() == Action.SNAPSHOT && state.epochRevision() > session.bookkeepingReceived();
        if (verdict.action() != Action.GO_ON && !comes) {
            endSession(null);
            return;
        }
        heartbeat.in(settings.heartbeat());
        session.etcdIsAt(state.revision());
        out.heartbeats(offsets.delivered());
        out.seal(batch);
    }

    private void runSnapshot(Batch batch) {
        if (session.isBroken()) {
            return;
        }
        if (snapshot == null && snapshotReason != null) {
            beginSnapshot();
        }
        if (snapshot == null) {
            return;
        }
        SnapshotRun.Progress progress = snapshot.step(session.through());
        if (progress == SnapshotRun.Progress.FINISHED) {
            offsets.snapshotEnded(snapshot.request());
            snapshot = null;
            metrics.count(Counter.SNAPSHOTS_ENDED);
            LOG.info("{}: snapshot ended, delivered through {}; {}", scope, offsets.delivered(), metrics);
            // carries the offset, even if there was no answer to send
            out.heartbeats(offsets.delivered());
        }
        out.seal(batch);
    }

    private void beginSnapshot() {
        long revision = etcd.state().revision();
        long highest = offsets.request();
        for (KeyChange request : etcd.requests(scope.route().name(), revision)) {
            Optional<BookkeepingEvents.Notice> notice = bookkeeping.read(request);
            if (notice.isPresent() && notice.get() instanceof BookkeepingEvents.Request found) {
                highest = Math.max(highest, found.number());
                answered.add(request);
            }
        }
        LOG.info("{}: snapshot at revision {}, because {}", scope, revision, snapshotReason);
        offsets.snapshotBegan(revision);
        snapshot = new SnapshotRun(
                scope,
                etcd,
                out,
                bookkeeping,
                KeySpan.prefix(keys.answers()),
                settings.fetchSize(),
                metrics,
                revision,
                highest);
        snapshotReason = null;
        metrics.count(Counter.SNAPSHOTS_BEGUN);
    }

    private void failed(EtcdFailure failure) {
        switch (failure.kind()) {
            case NOT_NOW -> LOG.debug("{}: {}", scope, failure.getMessage());
            case FUTURE -> {
                if (session != null) {
                    endSession(null);
                }
            }
            case COMPACTED, DENIED, TRANSIENT -> cutSnapshot("the last one was cut off: " + failure.getMessage());
        }
    }
}
