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
import dev.etcdpg.etcd.source.decide.RevisionMerge;
import dev.etcdpg.etcd.source.watch.EtcdWatch;
import dev.etcdpg.etcd.source.watch.WatchInput;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one route, or a key range of it: a watch of the keys and one of the connectors' own keys, merged by revision, and a snapshot beside
 * them when one is needed. {@link #work} never waits for events. Not thread-safe.
 *
 * <p>A <em>session</em> is a pair of watches without a gap since a revision. A broken connection does not end it: the watch is opened again
 * where it was. Compaction, or another history of etcd, ends it, and the next one begins with a snapshot.
 */
final class RouteReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReader.class);

    private static final int DATA = 0;
    private static final int BOOKKEEPING = 1;

    private final Scope scope;
    private final ReaderSettings settings;
    private final EtcdReader etcd;
    private final EtcdWatch[] watches;
    private final BookkeepingKeys keys;
    private final BookkeepingEvents bookkeeping;
    private final OffsetBook offsets;
    private final Outbox out;
    private final AnsweredRequests answered;
    private final Patience requests;
    private final Patience watching;
    private final Clock clock;
    private final SourceMetrics metrics;

    private final Due heartbeat = new Due();
    private final boolean[] broken = new boolean[2];
    private final long[] target = new long[2];
    private RevisionMerge<KeyChange> merge;
    private String jumpReason;
    private String snapshotReason;
    private SnapshotRun snapshot;

    RouteReader(
            Scope scope,
            ReaderSettings settings,
            EtcdReader etcd,
            EtcdWatch data,
            EtcdWatch own,
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
        this.watches = new EtcdWatch[] {data, own};
        this.keys = keys;
        this.bookkeeping = new BookkeepingEvents(keys, scope.route().name(), scope.range());
        this.offsets = offsets;
        this.out = out;
        this.answered = new AnsweredRequests();
        this.requests = requests;
        this.watching = watching;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Puts into the batch what can be delivered now. Failures that may pass are kept for later; others are thrown. */
    void work(Batch batch) {
        try {
            connect();
            if (merge != null) {
                receive();
            }
            if (merge != null) {
                deliver(batch);
            }
            if (merge != null) {
                askForProgress();
                heartbeat(batch);
            }
            if (merge != null) {
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
        if (merge == null || hasBroken()) {
            return Math.max(requests.nanosUntilNext(), watching.nanosUntilNext());
        }
        if (needsEtcd()) {
            // a snapshot goes on at once, unless it waits for the watches
            long until = isBehindBarrier() ? Long.MAX_VALUE : requests.nanosUntilNext();
            return Math.min(Math.max(0, until), untilProgress());
        }
        return Math.min(heartbeat.nanosLeft(), untilProgress());
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
        endSession();
    }

    // ---- session

    private void connect() {
        if (merge == null) {
            beginSession();
        } else if (hasBroken() && requests.isReady() && watching.mayTry()) {
            try {
                reopen();
            } catch (EtcdFailure e) {
                watching.failed("watch", e);
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
            // others changed it meanwhile: look again
            return;
        }
        if (verdict.action() == Action.GO_ON && jumpReason == null && offsets.delivered() > 0) {
            resume(state);
        } else {
            String reason = verdict.action() == Action.SNAPSHOT ? verdict.reason() : jumpReason;
            jump(state, reason == null ? "the last snapshot was not finished" : reason);
        }
    }

    private void raiseEpoch(EtcdState found, String reason) {
        if (etcd.raiseEpoch(found, offsets.epoch(), clock.millis())) {
            metrics.count(Counter.NEW_EPOCHS);
            LOG.warn("{}: a new epoch was begun, because {}", scope, reason);
        }
    }

    private void resume(EtcdState state) {
        LOG.info("{}: going on after revision {} of epoch {}", scope, offsets.delivered(), offsets.epoch());
        out.cluster(state.cluster());
        openFrom(offsets.delivered());
        if (offsets.isSnapshotUnderWay()) {
            snapshotReason = "the last one was not finished";
        }
        for (KeyChange request : etcd.requests(scope.route().name(), state.revision())) {
            if (request.modRevision() > offsets.requestsAnsweredThrough()) {
                snapshotReason = "it was requested";
            } else {
                answered.add(request);
            }
        }
        answered.committedThrough(offsets.requestsAnsweredThrough());
    }

    private void jump(EtcdState state, String reason) {
        LOG.info(
                "{}: from revision {} of epoch {} to revision {} of epoch {} by a snapshot, because {}",
                scope,
                offsets.delivered(),
                offsets.epoch(),
                state.revision(),
                state.epoch(),
                reason);
        jumpReason = null;
        out.cluster(state.cluster());
        offsets.jumpedTo(state, scope.partitions());
        openFrom(state.revision());
        snapshot = null;
        snapshotReason = reason;
    }

    private void openFrom(long delivered) {
        merge = new RevisionMerge<>(2, delivered);
        for (int lane = 0; lane < watches.length; lane++) {
            open(lane);
        }
        heartbeat.in(settings.heartbeat());
    }

    private void open(int lane) {
        broken[lane] = false;
        target[lane] = 0;
        watches[lane].open(merge.frontier(lane) + 1);
    }

    private void reopen() {
        EtcdState state = etcd.state();
        Verdict verdict = HistoryCheck.decide(offsets.seen(), state, scope.partitions());
        if (verdict.action() != Action.GO_ON) {
            endSession();
            beginSession();
            return;
        }
        for (int lane = 0; lane < watches.length; lane++) {
            if (broken[lane]) {
                metrics.count(Counter.WATCHES_REOPENED);
                open(lane);
            }
        }
    }

    /** The next one begins where everything was delivered, or with a snapshot. */
    private void endSession() {
        for (EtcdWatch watch : watches) {
            watch.close();
        }
        merge = null;
        snapshot = null;
    }

    private void endSession(String reason) {
        endSession();
        jumpReason = reason;
    }

    // ---- what the watches say

    private void receive() {
        for (int lane = 0; lane < watches.length && merge != null; lane++) {
            WatchInput input;
            while (merge != null
                    && merge.backlog(lane) < settings.batchSize()
                    && (input = watches[lane].poll()) != null) {
                received(lane, input);
            }
        }
        if (merge != null) {
            offsets.saw(Math.max(merge.frontier(DATA), merge.frontier(BOOKKEEPING)));
        }
    }

    private void received(int lane, WatchInput input) {
        if (input instanceof WatchInput.Failed failure) {
            watchFailed(lane, failure.cause());
            return;
        }
        watching.succeeded(watchName(lane));
        if (input instanceof WatchInput.Progress progress) {
            merge.progress(lane, progress.revision());
        } else if (input instanceof WatchInput.Events events) {
            for (WatchInput.RevisionEvents revision : events.revisions()) {
                if (!merge.events(lane, revision.revision(), revision.changes())) {
                    LOG.warn("{}: the watch delivered revision {} late", scope, revision.revision());
                    endSession("a watch delivered an event after it was said to be past it");
                    return;
                }
            }
        }
    }

    private void watchFailed(int lane, Throwable cause) {
        switch (EtcdFailure.kind(cause)) {
            case COMPACTED -> {
                metrics.count(Counter.COMPACTIONS);
                endSession("revision " + (merge.frontier(lane) + 1) + " was compacted: " + cause.getMessage());
            }
            case FUTURE -> endSession();
            case DENIED, TRANSIENT, NOT_NOW -> {
                broken[lane] = true;
                watching.failed(watchName(lane), cause);
                if (snapshot != null) {
                    snapshot = null;
                    snapshotReason = "the connection was lost while one was under way";
                }
            }
        }
    }

    private String watchName(int lane) {
        return lane == DATA ? "watch of " + scope : "watch of the bookkeeping prefix";
    }

    private boolean hasBroken() {
        return broken[DATA] || broken[BOOKKEEPING];
    }

    private void askForProgress() {
        for (int lane = 0; lane < watches.length; lane++) {
            if (wantsProgress(lane)) {
                watches[lane].requestProgress();
            }
        }
    }

    private boolean wantsProgress(int lane) {
        return !broken[lane]
                && (merge.waitsFor(lane)
                        || merge.frontier(lane) < target[lane]
                        || (snapshot != null && merge.frontier(lane) < snapshot.barrier()));
    }

    private long untilProgress() {
        long until = Long.MAX_VALUE;
        for (int lane = 0; lane < watches.length; lane++) {
            if (wantsProgress(lane)) {
                until = Math.min(until, Math.max(0, watches[lane].nanosUntilAsking()));
            }
        }
        return until;
    }

    // ---- what goes out

    private void deliver(Batch batch) {
        Optional<RevisionMerge.Step<KeyChange>> next;
        while (!batch.isFull() && merge != null && (next = merge.next(deliveryLimit())).isPresent()) {
            RevisionMerge.Step<KeyChange> step = next.get();
            for (KeyChange change : step.lanes().get(DATA)) {
                out.change(change, 0);
                offsets.deliveredEvent(change);
            }
            boolean sameHistory = true;
            for (KeyChange change : step.lanes().get(BOOKKEEPING)) {
                sameHistory &= bookkeeping.read(change).map(this::noticed).orElse(true);
            }
            offsets.deliveredThrough(step.revision());
            out.seal(batch);
            if (!sameHistory) {
                endSession();
            }
        }
        if (merge != null) {
            offsets.deliveredThrough(merge.through());
        }
    }

    private long deliveryLimit() {
        return snapshot == null ? Long.MAX_VALUE : snapshot.deliveryLimit();
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

    private boolean needsEtcd() {
        return heartbeat.hasCome() || snapshot != null || snapshotReason != null || answered.isDue();
    }

    private boolean isBehindBarrier() {
        return snapshot != null && merge.through() < snapshot.barrier() && !heartbeat.hasCome() && !answered.isDue();
    }

    private void heartbeat(Batch batch) {
        if (!heartbeat.hasCome()) {
            return;
        }
        EtcdState state = etcd.state();
        Verdict verdict = HistoryCheck.decide(offsets.seen(), state, scope.partitions());
        // a later epoch comes by the watch, in order, unless the watch is past it already
        boolean comes = verdict.action() == Action.SNAPSHOT && state.epochRevision() > merge.frontier(BOOKKEEPING);
        if (verdict.action() != Action.GO_ON && !comes) {
            endSession();
            return;
        }
        heartbeat.in(settings.heartbeat());
        for (int lane = 0; lane < watches.length; lane++) {
            if (merge.frontier(lane) < target[lane] && watches[lane].isSilentFor(settings.watchTimeout())) {
                LOG.warn(
                        "{}: a watch is at revision {} and silent, etcd is at {}",
                        scope,
                        merge.frontier(lane),
                        state.revision());
                watchFailed(lane, new java.util.concurrent.TimeoutException("the watch is silent"));
            }
            target[lane] = state.revision();
        }
        out.heartbeats(offsets.delivered());
        out.seal(batch);
    }

    private void runSnapshot(Batch batch) {
        if (merge == null || hasBroken()) {
            return;
        }
        if (snapshot == null && snapshotReason != null) {
            beginSnapshot();
        }
        if (snapshot == null) {
            return;
        }
        SnapshotRun.Progress progress = snapshot.step(merge.through());
        if (progress == SnapshotRun.Progress.FINISHED) {
            offsets.snapshotEnded(snapshot.request());
            LOG.info("{}: snapshot ended, delivered through {}; {}", scope, offsets.delivered(), metrics);
            metrics.count(Counter.SNAPSHOTS_ENDED);
            snapshot = null;
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
            case FUTURE -> endSession();
            case COMPACTED, DENIED, TRANSIENT -> {
                if (snapshot != null) {
                    snapshot = null;
                    snapshotReason = "the last one was cut off: " + failure.getMessage();
                }
            }
        }
    }
}
