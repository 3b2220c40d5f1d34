package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import java.util.Optional;

/** Result of the comparison of a progress key with the content that the task last knew. */
enum Ownership {
    /** The key is unchanged. */
    SAME,
    /** This task wrote the key: a transaction whose outcome was unknown has committed. */
    OURS,
    /** The key lacks committed progress: etcd was restored, or the key was removed. */
    BEHIND,
    /** Another task has taken the partition over. */
    TAKEN;

    /**
     * Compares the present content of a progress key with the last known content. Pure.
     *
     * @param known content that this task last knew
     * @param task name of this task in progress keys
     * @param now present content of the key; empty if the key is absent
     * @param nowAt present mod_revision of the key; 0 if it is absent
     */
    static Ownership judge(OwnedProgress known, String task, Optional<SinkProgress> now, long nowAt) {
        if (now.isEmpty() || nowAt < known.at() || now.get().isBehind(known.written())) {
            return BEHIND;
        } else if (nowAt == known.at()) {
            return SAME;
        }
        return task.equals(now.get().by()) ? OURS : TAKEN;
    }
}
