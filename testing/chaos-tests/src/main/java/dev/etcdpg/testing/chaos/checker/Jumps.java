package dev.etcdpg.testing.chaos.checker;

import java.util.NavigableSet;

/**
 * Where the etcd source had to go on beyond what it had delivered. It may in one case only: etcd was compacted at a revision that it
 * had not come to. Then it goes on at the present revision and makes a snapshot; and when that is interrupted it begins again, at what
 * is the present revision then.
 *
 * @param watched revisions that the watch has delivered
 * @param happened revisions that etcd had below the prefix
 * @param compactions revisions to which etcd was compacted
 * @param ends revisions of the snapshots that have ended
 */
public record Jumps(
        NavigableSet<Long> watched,
        NavigableSet<Long> happened,
        NavigableSet<Long> compactions,
        NavigableSet<Long> ends) {

    /** Whether one of them passed that revision, which was not watched. */
    boolean passed(long revision) {
        return compactions.stream()
                .anyMatch(compaction -> revision > before(compaction)
                        && (revision < after(compaction) || revision <= interruptedThrough(compaction))
                        && hasHidden(compaction));
    }

    /** Whether the watch said nothing of what happened around it, like one that begins anew behind it. */
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
     * How far the source may have jumped again, because the snapshot was interrupted: up to the one that has ended; or, when that was
     * interrupted while answers were sent behind its end, to one more.
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
