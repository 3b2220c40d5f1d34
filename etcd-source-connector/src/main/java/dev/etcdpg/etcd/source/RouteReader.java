package dev.etcdpg.etcd.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.emit.Batch;
import dev.etcdpg.etcd.source.emit.Outbox;
import dev.etcdpg.etcd.source.history.HistoryCheck.Action;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.AnsweredRequests;
import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import dev.etcdpg.etcd.source.snapshot.SnapshotProgress;
import dev.etcdpg.etcd.source.snapshot.SnapshotRun;
import dev.etcdpg.etcd.source.watch.Delivery;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import dev.etcdpg.etcd.store.RequestStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one route, or a key range of it: what its {@link WatchSession} delivers, and a {@link SnapshotRun} beside it when one is needed. A
 * session begins where everything was delivered, or, when that can not be told any more, with a snapshot. {@link #work} never waits for
 * events. Not thread-safe. Open to subclasses that show what breaks without one of its rules.
 */
class RouteReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReader.class);

    /** A snapshot that must begin. */
    private record Wanted(KeyRange part, String reason) {}

    private final Scope scope;
    private final ReaderSettings settings;
    private final EtcdGateway etcd;
    private final EpochStore epochs;
    private final RequestStore requestStore;
    private final WatchSession.Pair watches;
    private final BookkeepingKeys keys;
    private final BookkeepingReader bookkeeping;
    private final HistoryGuard history;
    private final OffsetBook offsets;
    private final Outbox out;
    private final AnsweredRequests answered;
    private final EtcdRetryPolicy requests;
    private final EtcdRetryPolicy watching;
    private final SourceMetrics metrics;

    private final Due heartbeat;
    private final Due look;
    private boolean begun;
    /** Null while there is none. */
    private WatchSession session;
    /** Why the next session must begin with a snapshot, null if it need not. */
    private String gap;
    /** Null if none must. */
    private Wanted wanted;
    /** The snapshot under way, null if there is none. */
    private SnapshotRun snapshot;

    RouteReader(
            Scope scope,
            ReaderSettings settings,
            EtcdGateway etcd,
            WatchSession.Pair watches,
            BookkeepingKeys keys,
            HistoryGuard history,
            OffsetBook offsets,
            Outbox out,
            EtcdRetryPolicy requests,
            EtcdRetryPolicy watching,
            SourceMetrics metrics,
            LongSupplier nanoTime) {
        this.scope = scope;
        this.settings = settings;
        this.etcd = etcd;
        this.epochs = new EpochStore(etcd, keys);
        this.requestStore = new RequestStore(etcd, keys, scope.route().name());
        this.watches = watches;
        this.keys = keys;
        this.bookkeeping = new BookkeepingReader(keys, scope.route().name(), scope.range());
        this.history = history;
        this.offsets = offsets;
        this.out = out;
        this.answered = new AnsweredRequests(scope);
        this.requests = requests;
        this.watching = watching;
        this.metrics = metrics;
        this.heartbeat = new Due(nanoTime);
        this.look = new Due(nanoTime);
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
                look(batch);
            }
            if (session != null) {
                runSnapshot(batch);
                answered.remove(requestStore);
                askForProgress();
            }
        } catch (EtcdFailure e) {
            // what was asked is asked again; a snapshot under way goes on with the same page
            LOG.debug("{}: {}", scope, e.getMessage());
        }
    }

    /** How long until {@link #work} has something to do, if no watch says anything. */
    long nanosUntilWork() {
        if (session == null || session.isBroken()) {
            return Math.max(requests.nanosUntilReady(), watching.nanosUntilReady());
        }
        if (hasToAskEtcd()) {
            return Math.min(Math.max(0, requests.nanosUntilReady()), session.nanosUntilAsking());
        }
        return Math.min(Math.min(look.nanosLeft(), heartbeat.nanosLeft()), session.nanosUntilAsking());
    }

    /** Whether it waits for an offset to be stored. */
    boolean wantsStoredOffset() {
        return !answered.isEmpty() && !offsets.isSnapshotUnderWay();
    }

    /** @param offset as Connect has stored it */
    void stored(Map<String, ?> offset) {
        answered.stored(offset, offsets.epoch());
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    private boolean hasToAskEtcd() {
        boolean snapshotGoesOn = snapshot == null ? wanted != null : session.through() >= snapshot.barrier();
        return look.hasCome() || heartbeat.hasCome() || snapshotGoesOn || answered.isDue();
    }

    private void askForProgress() {
        session.askForProgress(snapshot == null ? 0 : snapshot.barrier());
    }

    // ---- sessions

    private void connect() {
        if (session == null) {
            beginSession();
        } else if (session.isBroken() && requests.isReady() && watching.isReady()) {
            try {
                reopen();
            } catch (EtcdFailure e) {
                watching.postpone(e);
                throw e;
            }
        }
    }

    private void beginSession() {
        EtcdState state = epochs.state();
        Verdict verdict = history.judge(state);
        switch (verdict.action()) {
            // then look again: somebody else may have written another
            case NEW_EPOCH -> history.raiseEpoch(state, verdict);
            case SNAPSHOT -> jump(state, verdict.reason());
            case REPLAY, GO_ON -> {
                history.sameAs(state);
                if (gap == null && offsets.delivered() > 0) {
                    resume(state);
                } else if (gap != null && !settings.mode().closesGaps() && !offsets.isSnapshotUnderWay()) {
                    throw history.gapIsNotAllowed(gap);
                } else {
                    jump(state, gap == null ? "the last snapshot was not finished" : gap);
                }
            }
        }
    }

    /** Goes on where everything was delivered. */
    private void resume(EtcdState state) {
        List<KeyChange> pending = requestStore.pending(state.revision());
        LOG.info("{}: going on after revision {} of epoch {}", scope, offsets.delivered(), offsets.epoch());
        out.cluster(state.cluster());
        if (offsets.isSnapshotUnderWay()) {
            want(offsets.part() == null ? scope.range() : offsets.part(), "the last one was not finished");
        }
        if (!begun && settings.mode() == SnapshotMode.ALWAYS) {
            want(scope.range(), "snapshot.mode is always");
        }
        for (KeyChange request : pending) {
            concerning(request).ifPresent(asked -> {
                if (request.modRevision() > offsets.requestsAnsweredThrough()) {
                    want(asked);
                } else {
                    answered.add(request, asked);
                }
            });
        }
        answered.committedThrough(offsets.requestsAnsweredThrough());
        open(offsets.delivered());
    }

    /** Goes on at etcd's revision, after a snapshot. */
    private void jump(EtcdState state, String reason) {
        answered.clear();
        if (settings.mode() == SnapshotMode.NO_DATA && offsets.epoch() == 0) {
            LOG.info("{}: begins at revision {} without a snapshot (snapshot.mode)", scope, state.revision());
            offsets.startedAt(state, scope.partitions(), scope.route().prefix());
            resume(state);
            // carries the offset
            heartbeat.now();
            return;
        }
        LOG.info(
                "{}: from revision {} of epoch {} to revision {} of epoch {} by a snapshot, because {}",
                scope,
                offsets.delivered(),
                offsets.epoch(),
                state.revision(),
                state.epoch(),
                reason);
        out.cluster(state.cluster());
        offsets.jumpedTo(state, scope.partitions(), scope.route().prefix());
        wanted = new Wanted(scope.range(), reason);
        open(state.revision());
    }

    private void open(long delivered) {
        gap = null;
        begun = true;
        session = new WatchSession(scope, settings, watches, watching, metrics, delivered);
        look.in(settings.look());
        heartbeat.in(settings.heartbeat());
    }

    private void reopen() {
        if (history.judge(epochs.state()).action() == Action.GO_ON) {
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

    // ---- events

    private void receive() {
        session.receive();
        offsets.saw(session.seen());
        if (session.hasEnded()) {
            endSession(session.gap());
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
    private boolean noticed(BookkeepingNotice notice) {
        if (notice instanceof BookkeepingNotice.Epoch epoch) {
            if (epoch.epoch() > offsets.epoch()) {
                LOG.info("{}: epoch {} was begun at revision {}", scope, epoch.epoch(), epoch.revision());
                offsets.epochBegan(epoch.epoch(), epoch.revision());
                snapshot = null;
                wanted = new Wanted(scope.range(), "another epoch has begun");
            }
            return epoch.epoch() >= offsets.epoch();
        } else if (notice instanceof BookkeepingNotice.Answer answer) {
            if (!isHeldBack(answer.key())) {
                out.answer(answer);
            }
        } else if (notice instanceof BookkeepingNotice.Request request) {
            if (request.revision() > offsets.requestsTakenThrough()) {
                want(request);
            }
        } else if (notice instanceof BookkeepingNotice.Malformed malformed) {
            LOG.warn(
                    "Key {} at revision {} can not be read and is left out: {}",
                    malformed.key(),
                    malformed.revision(),
                    malformed.reason());
        }
        return true;
    }

    /** While a snapshot of its key is under way an answer is held back; after its end all are sent. */
    boolean isHeldBack(String key) {
        return (snapshot != null && snapshot.part().contains(key))
                || (wanted != null && wanted.part().contains(key));
    }

    // ---- heartbeats and snapshots

    private void look(Batch batch) {
        if (!look.hasCome() && !heartbeat.hasCome()) {
            return;
        }
        EtcdState state = epochs.state();
        Verdict verdict = history.judge(state);
        // a later epoch comes by the watch, in order, unless it is past it already
        boolean comes = verdict.action() == Action.SNAPSHOT && state.epochRevision() > session.through();
        if (verdict.action() != Action.GO_ON && !comes) {
            endSession(null);
            return;
        }
        look.in(settings.look());
        if (session.etcdIsAt(state.revision())) {
            // of the old client's connections the dead one would be chosen again, in its turn
            etcd.replaceClient();
        }
        if (heartbeat.hasCome()) {
            heartbeat.in(settings.heartbeat());
            out.heartbeats(offsets.delivered());
            out.seal(batch);
        }
    }

    private void runSnapshot(Batch batch) {
        if (session.isBroken() || batch.isFull()) {
            return;
        }
        if (snapshot == null && wanted != null) {
            beginSnapshot();
        }
        if (snapshot == null) {
            return;
        }
        SnapshotRun.Progress progress = snapshot.step(session.through());
        if (progress == SnapshotRun.Progress.FINISHED) {
            offsets.snapshotEnded(snapshot.request());
            metrics.count(Counter.SNAPSHOTS_ENDED);
            LOG.info(
                    "{}: snapshot{} ended with {}; delivered through revision {}; {}",
                    scope,
                    Scope.of(snapshot.part()),
                    snapshot.progress(),
                    offsets.delivered(),
                    metrics);
            snapshot = null;
            // carries the offset, even if there was no answer to send
            out.heartbeats(offsets.delivered());
        }
        out.seal(batch);
    }

    private void beginSnapshot() {
        long revision = epochs.state().revision();
        long highest = offsets.request();
        KeyRange part = wanted.part();
        List<KeyChange> pending = requestStore.pending(revision);
        for (KeyChange request : pending) {
            Optional<BookkeepingNotice.Request> asked = concerning(request);
            if (asked.isPresent() && request.modRevision() > offsets.requestsAnsweredThrough()) {
                highest = Math.max(highest, asked.get().number());
                part = Ranges.hull(part, part(asked.get()));
            }
        }
        long keysNow = etcd.count(scope.span(part), 0);
        for (KeyChange request : pending) {
            concerning(request).ifPresent(asked -> answered.add(request, asked));
        }
        LOG.info(
                "{}: snapshot{} at revision {}, of about {} keys, because {}",
                scope,
                Scope.of(part),
                revision,
                keysNow,
                wanted.reason());
        offsets.snapshotBegan(revision, part);
        snapshot = new SnapshotRun(
                scope,
                etcd,
                out,
                new BookkeepingReader(keys, scope.route().name(), part),
                KeySpan.prefix(keys.answers()),
                settings.fetchSize(),
                metrics,
                part,
                revision,
                highest,
                new SnapshotProgress(scope.toString(), keysNow));
        wanted = null;
        metrics.count(Counter.SNAPSHOTS_BEGUN);
    }

    // ---- requests

    private void want(BookkeepingNotice.Request request) {
        if (Ranges.intersection(request.range(), scope.range()).isPresent()) {
            want(part(request), "request " + request.number() + " asks for it");
        }
    }

    private void want(KeyRange part, String reason) {
        wanted = wanted == null
                ? new Wanted(part, reason)
                : new Wanted(Ranges.hull(wanted.part(), part), wanted.reason());
    }

    /** What is asked of this reader. */
    private KeyRange part(BookkeepingNotice.Request request) {
        return Ranges.intersection(request.range(), scope.range()).orElseThrow();
    }

    private Optional<BookkeepingNotice.Request> concerning(KeyChange key) {
        return bookkeeping
                .read(key)
                .filter(BookkeepingNotice.Request.class::isInstance)
                .map(BookkeepingNotice.Request.class::cast)
                .filter(request ->
                        Ranges.intersection(request.range(), scope.range()).isPresent());
    }
}
