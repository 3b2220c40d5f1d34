package dev.etcdpg.core;

import java.util.Comparator;

/**
 * A point in etcd's total order: the revision within an epoch. The epoch grows when etcd's history is found to be another one (restored,
 * replaced), so that points of different histories still compare.
 *
 * @param epoch milliseconds since 1970 when the epoch was begun, or greater; 0 before any
 * @param revision etcd revision, at least 1; 0 before any
 */
public record Revision(long epoch, long revision) implements Comparable<Revision> {

    /** The year 2200. */
    public static final long MAX_EPOCH = 7_258_118_400_000L;

    /** No etcd gets there: it would take centuries of 100,000 transactions a second. */
    public static final long MAX_REVISION = 1_000_000_000_000_000L;

    /** Before everything. */
    public static final Revision NONE = new Revision(0, 0);

    private static final Comparator<Revision> ORDER =
            Comparator.comparingLong(Revision::epoch).thenComparingLong(Revision::revision);

    @Override
    public int compareTo(Revision other) {
        return ORDER.compare(this, other);
    }

    public boolean isAfter(Revision other) {
        return compareTo(other) > 0;
    }

    @Override
    public String toString() {
        return epoch + "." + revision;
    }
}
