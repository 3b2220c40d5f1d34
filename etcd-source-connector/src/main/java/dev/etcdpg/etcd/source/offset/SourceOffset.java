package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * The offset of one key range of a route.
 *
 * @param history the history of etcd that the offset belongs to
 * @param position the position up to which the source has delivered
 * @param started the revision at which the source started without a snapshot; the source has never read older changes. 0 if the source has read
 *     all changes
 * @param snapshot the snapshot that has not ended yet; null if there is none
 * @param requests the snapshot requests that are answered
 * @param layout number of the layout that the key range belongs to, or {@link #ANY_LAYOUT}
 * @param numbers the chain number that was sent last in each partition, 0 for none; one for each partition
 */
public record SourceOffset(
        History history,
        Position position,
        long started,
        @Nullable UnfinishedSnapshot snapshot,
        Requests requests,
        long layout,
        long[] numbers) {

    /** The layout of an offset that a user has set to a revision and nothing else. */
    public static final long ANY_LAYOUT = -1;

    /**
     * The identity of a history of etcd.
     *
     * @param epoch the epoch in force, 0 before the first
     * @param epochRevision mod_revision of the epoch key, 0 if it is not known
     * @param cluster cluster id, unsigned and in hexadecimal; empty if it is not known
     * @param prefix the route's prefix; empty if it is not known
     */
    public record History(long epoch, long epochRevision, String cluster, String prefix) {

        static final History NONE = new History(0, 0, "", "");
    }

    /**
     * The position up to which the source has delivered.
     *
     * @param revision everything up to and including this revision was delivered; 0 if only a snapshot can tell
     * @param event the last event that was delivered, null for none
     */
    public record Position(long revision, @Nullable LastEvent event) {

        static final Position NONE = new Position(0, null);
    }

    /**
     * A snapshot that has not ended yet.
     *
     * @param revision etcd's revision when the snapshot began, at least 1
     * @param keys the keys of the snapshot; null for all keys of the range
     */
    public record UnfinishedSnapshot(long revision, @Nullable KeyRange keys) {}

    /**
     * Answered snapshot requests.
     *
     * @param highest the highest number of an answered request, 0 for none
     * @param answeredThrough all requests up to and including this revision are answered
     */
    public record Requests(long highest, long answeredThrough) {

        static final Requests NONE = new Requests(0, 0);
    }

    /** Returns the offset of a range that was never read. */
    public static SourceOffset none(int partitions) {
        return atRevision(0, partitions);
    }

    /** Returns the offset of a user who names a revision and nothing else. */
    static SourceOffset atRevision(long revision, int partitions) {
        return new SourceOffset(
                History.NONE, new Position(revision, null), 0, null, Requests.NONE, ANY_LAYOUT, new long[partitions]);
    }

    /** Returns this offset as an offset of another layout. */
    public SourceOffset inLayout(long other) {
        return new SourceOffset(history, position, started, snapshot, requests, other, numbers);
    }

    /** Returns the highest revision that etcd is known to have had, 0 if none is known. */
    public long highestRevision() {
        return Math.max(position.revision(), snapshot == null ? 0 : snapshot.revision());
    }
}
