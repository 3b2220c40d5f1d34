package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;

/** What a progress key that is not as remembered means. No I/O. */
enum Ownership {
    /** As remembered. */
    SAME,
    /** This task wrote it: a transaction whose outcome was unknown has committed. */
    OURS,
    /** It lacks what was committed: etcd was restored, or the key was removed. */
    BEHIND,
    /** Another task has taken the partition over. */
    TAKEN;

    /**
     * @param written what this task last knows to be written, with its mod_revision in {@code at}
     * @param me name of this task in progress keys
     * @param now content of the key, null if it is absent
     * @param nowAt its mod_revision
     */
    static Ownership judge(SinkProgress written, long at, String me, SinkProgress now, long nowAt) {
        if (now == null || nowAt < at || now.isBehind(written)) {
            return BEHIND;
        } else if (nowAt == at) {
            return SAME;
        }
        return me.equals(now.by()) ? OURS : TAKEN;
    }
}
