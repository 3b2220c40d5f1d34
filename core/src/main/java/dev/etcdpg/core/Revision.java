package dev.etcdpg.core;

import java.util.Comparator;

/**
 * A point in etcd's total order: a revision within an epoch. The epoch grows when etcd is found to have another history, because it was
 * restored or replaced. Points of different histories can therefore be compared.
 *
 * @param epoch milliseconds since 1970 at the beginning of the epoch, or a larger number; 0 before the first epoch
 * @param revision etcd revision, at least 1; 0 before the first revision
 */
public record Revision(long epoch, long revision) implements Comparable<Revision> {

    /** The year 2200. */
    public static final long MAX_EPOCH = 7_258_118_400_000L;

    /** No etcd reaches this revision: it would take centuries of 100,000 transactions per second. */
    public static final long MAX_REVISION = 1_000_000_000_000_000L;

    /** The point before all others. */
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
