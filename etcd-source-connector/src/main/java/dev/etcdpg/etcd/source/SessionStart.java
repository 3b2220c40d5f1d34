package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.history.HistoryCheck.Action;
import dev.etcdpg.etcd.source.history.HistoryCheck.Verdict;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.SnapshotReason;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator;
import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where a session starts: after the last delivered revision, or, if the later events can only come from a snapshot, at the current
 * revision with a snapshot. Not thread-safe.
 */
final class SessionStart {

    private static final Logger LOG = LoggerFactory.getLogger(SessionStart.class);

    /**
     * The start of a session.
     *
     * @param delivered the session starts after this revision
     * @param storeOffset whether a heartbeat must carry the offset soon, because no snapshot does
     */
    record Start(long delivered, boolean storeOffset) {}

    private final Scope scope;
    private final SnapshotMode mode;
    private final HistoryGuard history;
    private final OffsetTracker offsets;
    private final RecordEmitter emitter;
    private final SnapshotCoordinator snapshots;
    private boolean first = true;

    SessionStart(
            Scope scope,
            SnapshotMode mode,
            HistoryGuard history,
            OffsetTracker offsets,
            RecordEmitter emitter,
            SnapshotCoordinator snapshots) {
        this.scope = scope;
        this.mode = mode;
        this.history = history;
        this.offsets = offsets;
        this.emitter = emitter;
        this.snapshots = snapshots;
    }

    /**
     * Prepares the start of a session.
     *
     * @param state the state of etcd as it was just read
     * @param gap reason why the events after the last session can only come from a snapshot; null if the session can continue there
     * @return empty if a new epoch was written; then the state must be read again
     * @throws EtcdFailure if etcd did not answer; the next call tries again
     * @throws ConnectException if the settings forbid the necessary snapshot or epoch
     */
    Optional<Start> prepare(EtcdState state, @Nullable String gap) {
        history.checkCluster(state);
        history.checkKeys(state);
        Verdict verdict = history.judge(state);
        if (verdict.action() == Action.NEW_EPOCH) {
            history.raiseEpoch(state, verdict);
            return Optional.empty();
        }
        Start start;
        if (verdict.action() == Action.SNAPSHOT) {
            history.mayJump(verdict.reason());
            start = jump(state, SnapshotReason.EPOCH, verdict.reason());
        } else {
            history.confirmSameHistory(state);
            start = startInSameHistory(state, gap);
        }
        first = false;
        return Optional.of(start);
    }

    private Start startInSameHistory(EtcdState state, @Nullable String gap) {
        if (gap == null) {
            return offsets.delivered() > 0
                    ? startAfterDelivered(state)
                    : jump(state, SnapshotReason.UNFINISHED, "the last snapshot was not finished");
        }
        history.mayJump(gap);
        if (!mode.closesGaps() && !offsets.isSnapshotUnderWay()) {
            throw new ConnectException("Events of " + scope + " after revision " + offsets.delivered()
                    + " can no longer be read, because " + gap + ", and " + SnapshotMode.SETTING + " is " + mode.wire()
                    + ". Set it to when_needed and restart the task, or delete the offsets of the connector.");
        }
        return jump(state, SnapshotReason.COMPACTION, gap);
    }

    private Start startAfterDelivered(EtcdState state) {
        Optional<String> gap = history.gapAfter(offsets.delivered());
        if (gap.isPresent()) {
            return startInSameHistory(state, gap.get());
        }
        return resume(state);
    }

    private Start resume(EtcdState state) {
        snapshots.resume(state.revision(), first && mode == SnapshotMode.ALWAYS);
        emitter.cluster(state.cluster());
        LOG.info("{}: continues after revision {} of epoch {}", scope, offsets.delivered(), offsets.epoch());
        return new Start(offsets.delivered(), false);
    }

    private Start jump(EtcdState state, SnapshotReason kind, String reason) {
        snapshots.forgetAnswered();
        if (mode == SnapshotMode.NO_DATA && offsets.epoch() == 0) {
            return startWithoutSnapshot(state);
        }
        LOG.info(
                "{}: jumps from revision {} of epoch {} to revision {} of epoch {} with a snapshot, because {}",
                scope,
                offsets.delivered(),
                offsets.epoch(),
                state.revision(),
                state.epoch(),
                reason);
        emitter.cluster(state.cluster());
        offsets.jumpTo(state, scope.partitions(), scope.route().prefix());
        snapshots.wantAll(kind, reason);
        return new Start(state.revision(), false);
    }

    private Start startWithoutSnapshot(EtcdState state) {
        LOG.info(
                "{}: starts at revision {} without a snapshot ({} is {})",
                scope,
                state.revision(),
                SnapshotMode.SETTING,
                mode.wire());
        offsets.startAt(state, scope.partitions(), scope.route().prefix());
        return new Start(resume(state).delivered(), true);
    }
}
