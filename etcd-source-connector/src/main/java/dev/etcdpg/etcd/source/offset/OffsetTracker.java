package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RecordKey;
import dev.etcdpg.etcd.source.offset.SourceOffset.History;
import dev.etcdpg.etcd.source.offset.SourceOffset.Position;
import dev.etcdpg.etcd.source.offset.SourceOffset.Requests;
import dev.etcdpg.etcd.source.offset.SourceOffset.UnfinishedSnapshot;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the offset of one key range. While a snapshot runs, the stored position stays at the place where the snapshot began, and the offset
 * names the snapshot. If the snapshot is cut off, only a new snapshot can replace the missing part. Not thread-safe.
 */
public final class OffsetTracker {

    private final long layout;
    private final Function<byte[], String> hasher;
    private final UnreportedKeys unreported;
    private SeenHistory seen;
    private Position delivered;
    /** The position that is stored while a snapshot runs. */
    private Position stored;

    private @Nullable UnfinishedSnapshot snapshot;
    private Requests requests;

    public OffsetTracker(SourceOffset offset) {
        this(offset, LastEvent::hash);
    }

    /** @param hasher returns the SHA-256 of a value in hexadecimal */
    OffsetTracker(SourceOffset offset, Function<byte[], String> hasher) {
        this.layout = offset.layout();
        this.hasher = hasher;
        this.unreported = new UnreportedKeys(offset.started());
        this.seen = new SeenHistory(offset.history(), offset.highestRevision(), offset.numbers().length);
        this.delivered = offset.position();
        this.stored = offset.position();
        this.snapshot = offset.snapshot();
        this.requests = offset.requests();
    }

    public SeenHistory seen() {
        return seen;
    }

    /** Returns the epoch in force, 0 before the first. */
    public long epoch() {
        return seen.history().epoch();
    }

    /** Returns the revision through which everything was delivered; 0 if only a snapshot can tell. */
    public long delivered() {
        return delivered.revision();
    }

    /** Returns the last event that was delivered in this history, null for none. */
    public @Nullable LastEvent lastEvent() {
        return delivered.event();
    }

    /** Returns the snapshot that has begun and not ended, null for none. */
    public @Nullable UnfinishedSnapshot snapshot() {
        return snapshot;
    }

    public boolean isSnapshotUnderWay() {
        return snapshot != null;
    }

    /** Returns the highest number of an answered request, 0 for none. */
    public long highestRequest() {
        return requests.highest();
    }

    /** Returns the revision through which all requests are answered. */
    public long requestsAnsweredThrough() {
        return requests.answeredThrough();
    }

    /** Returns the revision through which all requests are answered, or will be answered by the running snapshot. */
    public long requestsTakenThrough() {
        return Math.max(requests.answeredThrough(), snapshot == null ? 0 : snapshot.revision());
    }

    /** Returns whether a key or value without a record, found by a snapshot at this mod_revision, still needs its dead letter. */
    public boolean isUnreported(long revision) {
        return unreported.contains(revision);
    }

    /** Records that etcd has reached this revision. */
    public void reached(long revision) {
        seen = new SeenHistory(seen.history(), Math.max(seen.revision(), revision), seen.partitions());
    }

    /** Records that everything up to and including this revision was delivered. */
    public void deliveredThrough(long revision) {
        if (revision > delivered.revision()) {
            delivered = new Position(revision, delivered.event());
        }
        reached(revision);
    }

    /** Records the last event, unless no record can have its key, because such a key may be larger than the offset topic accepts. */
    public void deliveredEvent(KeyChange change) {
        RecordKey.text(change.key())
                .ifPresent(key -> delivered = new Position(delivered.revision(), LastEvent.of(key, change, hasher)));
    }

    /** Records a row of a snapshot, which counts as the last event if no later one was delivered. */
    public void deliveredRow(KeyChange row) {
        if (delivered.event() == null || delivered.event().revision() < row.modRevision()) {
            deliveredEvent(row);
        }
    }

    /** Records that the watch continues at another revision, and that only a snapshot at that revision can tell the state. */
    public void jumpTo(EtcdState state, int partitions, String prefix) {
        boolean sameKeys =
                state.epoch() == epoch() && prefix.equals(seen.history().prefix());
        unreported.skip(sameKeys, delivered.revision(), state.revision());
        follow(state, state.revision(), partitions, prefix);
        delivered = new Position(state.revision(), null);
        stored = Position.NONE;
        requests = new Requests(requests.highest(), 0);
        snapshot = new UnfinishedSnapshot(state.revision(), null);
    }

    /** Records that the source starts at this revision without a snapshot. */
    public void startAt(EtcdState state, int partitions, String prefix) {
        jumpTo(state, partitions, prefix);
        snapshot = null;
        unreported.startAt(state.revision());
    }

    /** Records that etcd still has the history that was delivered. */
    public void confirmSameHistory(EtcdState state, int partitions, String prefix) {
        if (epoch() == 0) {
            follow(state, seen.revision(), partitions, prefix);
            unreported.startAt(delivered.revision());
        } else if (epoch() == state.epoch()) {
            History same =
                    new History(epoch(), state.epochRevision(), seen.history().cluster(), prefix);
            seen = new SeenHistory(same, seen.revision(), seen.partitions());
        }
    }

    /** Records that another epoch began within the delivered history. A snapshot must follow. */
    public void epochBegan(long epoch, long revision) {
        History next = new History(
                epoch, revision, seen.history().cluster(), seen.history().prefix());
        seen = new SeenHistory(next, seen.revision(), seen.partitions());
        stored = Position.NONE;
        snapshot = new UnfinishedSnapshot(revision, null);
    }

    /** Records that a snapshot of these keys begins at this revision. */
    public void snapshotBegan(long revision, KeyRange keys) {
        if (snapshot == null) {
            stored = delivered;
        }
        snapshot = new UnfinishedSnapshot(revision, keys);
        reached(revision);
    }

    /**
     * Records that the snapshot is complete. It answers all requests up to the revision at which it began.
     *
     * @param request the highest number of an answered request, 0 for none
     */
    public void snapshotEnded(long request) {
        requests = new Requests(Math.max(requests.highest(), request), snapshot == null ? 0 : snapshot.revision());
        KeyRange keys = snapshot == null ? null : snapshot.keys();
        unreported.snapshotEnded(keys == null || keys.equals(KeyRange.ALL));
        snapshot = null;
    }

    /** @param numbers the chain number that was sent last in each partition */
    public SourceOffset offset(long[] numbers) {
        return new SourceOffset(
                seen.history(),
                snapshot == null ? delivered : stored,
                unreported.started(),
                snapshot,
                requests,
                layout,
                numbers);
    }

    private void follow(EtcdState state, long revision, int partitions, String prefix) {
        History history = new History(state.epoch(), state.epochRevision(), state.cluster(), prefix);
        seen = new SeenHistory(history, revision, partitions);
    }
}
