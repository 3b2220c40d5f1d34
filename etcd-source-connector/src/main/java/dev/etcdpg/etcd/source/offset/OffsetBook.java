package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Sha256;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.history.HistoryCheck;
import dev.etcdpg.etcd.source.snapshot.Page;
import java.util.HexFormat;

/**
 * Keeps the offset of a route and key range. While a snapshot is under way the stored revision stays where it was and the offset says so,
 * because only a new snapshot could make up for the rest of one that was cut off. Not thread-safe.
 */
public final class OffsetBook {

    private final long layout;
    private long epoch;
    private long epochRevision;
    private long delivered;
    private long stored;
    private long seen;
    private long snapshot;
    private KeyRange part;
    private SourceOffset.LastEvent event;
    private SourceOffset.LastEvent storedEvent;
    private String cluster;
    private String prefix;
    private int partitions;
    private long request;
    private long requestRevision;
    private long unreportedAfter;
    private long unreportedThrough;
    private long started;

    public OffsetBook(SourceOffset offset) {
        layout = offset.layout();
        epoch = offset.epoch();
        epochRevision = offset.epochRevision();
        delivered = offset.revision();
        stored = offset.revision();
        snapshot = offset.snapshot();
        part = offset.part();
        seen = Math.max(offset.revision(), offset.snapshot());
        event = offset.event();
        storedEvent = offset.event();
        cluster = offset.cluster();
        prefix = offset.prefix();
        partitions = offset.numbers().length;
        request = offset.request();
        requestRevision = offset.requestRevision();
        started = offset.started();
    }

    public HistoryCheck.Seen seen() {
        return new HistoryCheck.Seen(epoch, epochRevision, seen, cluster, partitions, prefix);
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

    /** The keys of the snapshot under way; null for all of the range, or without one. */
    public KeyRange part() {
        return part;
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

    /**
     * Whether no watch has delivered, and no snapshot before has found, what a snapshot finds at this revision: what has no record gets its
     * dead letter once, and not from each snapshot. One that is cut off may do it again; and what was there before a start without a
     * snapshot gets one from each, until one of all keys has ended.
     */
    public boolean isUnreported(long revision) {
        return revision <= started || (revision > unreportedAfter && revision <= unreportedThrough);
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

    /** Of a key that no record has, nothing is remembered: it may be larger than the topic of the offsets takes. */
    public void deliveredEvent(KeyChange change) {
        Page.key(change.key())
                .ifPresent(key -> event = new SourceOffset.LastEvent(
                        key, change.isDelete() ? "" : hash(change.value()), change.modRevision()));
    }

    /** What was delivered says nothing any more: only the snapshot at this state's revision will. */
    public void jumpedTo(EtcdState state, int partitionsNow, String prefixNow) {
        if (state.epoch() != epoch || !prefixNow.equals(prefix)) {
            unreportedAfter = 0;
        } else if (unreportedThrough == 0) {
            unreportedAfter = delivered;
        }
        unreportedThrough = state.revision();
        follow(state, partitionsNow, prefixNow);
        delivered = state.revision();
        seen = state.revision();
        event = null;
        stored = 0;
        storedEvent = null;
        requestRevision = 0;
        snapshot = state.revision();
        part = null;
    }

    /** It begins at this state's revision, and what was before is not asked for. */
    public void startedAt(EtcdState state, int partitionsNow, String prefixNow) {
        jumpedTo(state, partitionsNow, prefixNow);
        snapshot = 0;
        unreportedThrough = 0;
        started = state.revision();
    }

    /** Whatever is known is of this etcd: to be called when the history is the same one. */
    public void sameHistory(EtcdState state, int partitionsNow, String prefixNow) {
        if (epoch == 0) {
            follow(state, partitionsNow, prefixNow);
            started = delivered;
        } else if (epoch == state.epoch()) {
            epochRevision = state.epochRevision();
            prefix = prefixNow;
        }
    }

    /** Another epoch began within the history that is being delivered. A snapshot must follow. */
    public void epochBegan(long epochNow, long revision) {
        epoch = epochNow;
        epochRevision = revision;
        stored = 0;
        storedEvent = null;
        snapshot = revision;
        part = null;
    }

    /** A snapshot of these keys is under way that was begun at this revision. What was stored before stays. */
    public void snapshotBegan(long revision, KeyRange keys) {
        if (snapshot == 0) {
            stored = delivered;
            storedEvent = event;
        }
        snapshot = revision;
        part = keys;
        saw(revision);
    }

    /** The snapshot is complete, and answers the requests made up to the revision at which it was begun. */
    public void snapshotEnded(long highestRequest) {
        request = Math.max(request, highestRequest);
        requestRevision = snapshot;
        if (unreportedThrough != 0 || part == null || part.equals(KeyRange.ALL)) {
            started = 0;
        }
        unreportedThrough = 0;
        snapshot = 0;
        part = null;
    }

    /** @param numbers for each partition the chain number sent last */
    public SourceOffset offset(long[] numbers) {
        boolean frozen = snapshot != 0;
        return new SourceOffset(
                epoch,
                epochRevision,
                frozen ? stored : delivered,
                snapshot,
                part,
                frozen ? storedEvent : event,
                cluster,
                prefix,
                layout,
                request,
                requestRevision,
                started,
                numbers);
    }

    private void follow(EtcdState state, int partitionsNow, String prefixNow) {
        epoch = state.epoch();
        epochRevision = state.epochRevision();
        cluster = state.cluster();
        partitions = partitionsNow;
        prefix = prefixNow;
    }

    /** SHA-256 in hexadecimal. */
    public static String hash(byte[] value) {
        return HexFormat.of().formatHex(Sha256.of(value));
    }
}
