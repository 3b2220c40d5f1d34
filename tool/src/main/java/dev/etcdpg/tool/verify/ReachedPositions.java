package dev.etcdpg.tool.verify;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.util.Comparator;
import java.util.List;

/**
 * The revisions that the PostgreSQL sink has reached.
 *
 * @param partitions number of partitions over which the keys are spread
 */
record ReachedPositions(List<Reached> all, int partitions) {

    /** All events of the range and the partition before this revision are applied. */
    record Reached(int partition, KeyRange range, Revision revision) {}

    /** Returns the point before which all events of a key are applied; {@link Revision#NONE} if none is known. */
    Revision of(String key) {
        int partition = KeyPartitioner.partition(key, partitions);
        return all.stream()
                .filter(one -> one.partition() == partition && one.range().contains(key))
                .map(Reached::revision)
                .max(Comparator.naturalOrder())
                .orElse(Revision.NONE);
    }

    /** Returns the highest point of all; {@link Revision#NONE} if the sink has applied nothing. */
    Revision highest() {
        return all.stream()
                .map(Reached::revision)
                .max(Comparator.naturalOrder())
                .orElse(Revision.NONE);
    }
}
