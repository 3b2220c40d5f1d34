package dev.etcdpg.etcd.source.history;

/**
 * Decides whether a watch misses no event. etcd can lose a deletion at the compacted revision when it is killed during the compaction (etcd
 * issue 19179), so a watch must begin after the compacted revision. Tests replace the rule.
 */
@FunctionalInterface
public interface WatchStartRule {

    /** @param compacted whether the compacted revision is at or above the first revision of the watch */
    boolean isTrusted(boolean compacted);
}
