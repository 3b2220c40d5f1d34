package dev.etcdpg.etcd.source.decide;

import dev.etcdpg.common.Lanes;
import dev.etcdpg.common.Utf8;
import java.util.HexFormat;

/**
 * Keeps the offset of a route and key range. While a snapshot is under way the stored revision stays where it was and the offset says so,
 * because only a new snapshot could make up for the rest of one that was cut off. Not thread-safe.
 */
public final class OffsetBook {

    private long epoch;
    private long delivered;
    private long stored;
    private long seen;
    private long snapshot;
    private SourceOffset.LastEvent event;
    private SourceOffset.LastEvent storedEvent;
    private String cluster;
    private int partitions;
    private long request;
    private long requestRevision;

    public OffsetBook(SourceOffset offset) {
        epoch = offset.epoch();
        delivered = offset.revision();
        stored = offset.revision();
        snapshot = offset.snapshot();
        seen = Math.max(offset.revision(), offset.snapshot());
        event = offset.event();
        storedEvent = offset.event();
        cluster = offset.cluster();
        partitions = offset.numbers().length;
        request = offset.request();
        requestRevision = offset.requestRevision();
    }

    public HistoryCheck.Seen seen() {
        return new HistoryCheck.Seen(epoch, seen, cluster, partitions);
    }

    public long epoch() {
        return epoch;
    }

    /** Up to which revision, with it, everything was delivered; 0 if only a snapshot can tell. */
    public long delivered() {
        return delivered;
    }

    /** The last event delivered of this history, null for none. */
    public SourceOffset.LastEvent event() {
        return event;
    }

    public boolean isSnapshotUnderWay() {
        return snapshot != 0;
    }

    /** Highest request answered. */
    public long request() {
        return request;
    }

    /** Requests made up to this revision are answered. */
    public long requestsAnsweredThrough() {
        return requestRevision;
    }

    /** Requests made up to this revision are answered, or will be by the snapshot under way. */
    public long requestsTakenThrough() {
        return Math.max(requestRevision, snapshot);
    }

    /** etcd is known to have reached this revision. */
    public void saw(long revision) {
        seen = Math.max(seen, revision);
    }

    /** Everything up to the revision, with it, was delivered. */
    public void deliveredThrough(long revision) {
        delivered = Math.max(delivered, revision);
        saw(revision);
    }

    public void deliveredEvent(KeyChange change) {
        Utf8.strict(change.key())
                .ifPresent(key -> event = new SourceOffset.LastEvent(
                        key, change.isDelete() ? "" : hash(change.value()), change.modRevision()));
    }

    /** What was delivered says nothing any more: only the snapshot at this state's revision will. */
    public void jumpedTo(EtcdState state, int partitionsNow) {
        epoch = state.epoch();
        cluster = state.cluster();
        partitions = partitionsNow;
        delivered = state.revision();
        seen = state.revision();
        event = null;
        stored = 0;
        storedEvent = null;
        requestRevision = 0;
        snapshot = state.revision();
    }

    /** Another epoch began within the history that is being delivered. A snapshot must follow. */
    public void epochBegan(long epochNow, long revision) {
        epoch = epochNow;
        stored = 0;
        storedEvent = null;
        snapshot = revision;
    }

    /** A snapshot is under way that was begun at this revision. What was stored before stays. */
    public void snapshotBegan(long revision) {
        if (snapshot == 0) {
            stored = delivered;
            storedEvent = event;
        }
        snapshot = revision;
        saw(revision);
    }

    /** The snapshot is complete, and answers the requests made up to the revision at which it was begun. */
    public void snapshotEnded(long highestRequest) {
        request = Math.max(request, highestRequest);
        requestRevision = snapshot;
        snapshot = 0;
    }

    /** @param numbers for each partition the chain number sent last */
    public SourceOffset offset(long[] numbers) {
        boolean frozen = snapshot != 0;
        return new SourceOffset(
                epoch,
                frozen ? stored : delivered,
                snapshot,
                frozen ? storedEvent : event,
                cluster,
                request,
                requestRevision,
                numbers);
    }

    /** SHA-256 in hexadecimal. */
    public static String hash(byte[] value) {
        return HexFormat.of().formatHex(Lanes.sha256(value));
    }
}
