package dev.etcdpg.testing.chaos.checker;

import java.util.NavigableSet;

/**
 * The gaps in the events that the etcd source delivered. One reason is allowed: etcd was compacted at a revision that the source had not
 * reached. The source then continues from the present revision and makes a snapshot. An interrupted snapshot begins again at the revision
 * that is present then.
 *
 * @param watched the revisions that the watch delivered
 * @param happened the revisions of etcd below the prefix
 * @param compactions the revisions of the compactions
 * @param ends the revisions of the snapshots that have ended
 */
public record Jumps(
        NavigableSet<Long> watched,
        NavigableSet<Long> happened,
        NavigableSet<Long> compactions,
        NavigableSet<Long> ends) {

    /** Whether a gap contains a revision that the watch did not deliver. */
    boolean passed(long revision) {
        return compactions.stream()
                .anyMatch(compaction -> revision > before(compaction)
                        && (revision < after(compaction) || revision <= interruptedThrough(compaction))
                        && hasHidden(compaction));
    }

    /** Whether the watch delivered nothing around a revision, as a watch that begins after it. */
    private boolean hasHidden(long compaction) {
        return before(compaction) + 1 < compaction
                && !happened.subSet(before(compaction), false, after(compaction), false)
                        .isEmpty();
    }

    private long before(long compaction) {
        Long before = watched.floor(compaction);
        return before == null ? 0 : before;
    }

    private long after(long compaction) {
        Long after = watched.higher(compaction);
        return after == null ? Long.MAX_VALUE : after;
    }

    /**
     * Returns how far the source can have jumped again because the snapshot was interrupted: up to the snapshot that has ended, or to one
     * more if the source was interrupted while it sent answers after the end.
     */
    private long interruptedThrough(long compaction) {
        Long end = ends.ceiling(compaction);
        if (end == null) {
            return 0;
        }
        Long next = ends.higher(end);
        return next != null && compactions.subSet(end, false, next, true).isEmpty() ? next : end;
    }
}
