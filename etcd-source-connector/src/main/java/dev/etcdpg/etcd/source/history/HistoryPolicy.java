package dev.etcdpg.etcd.source.history;

/** Reaction of the source when etcd has another history than before, because etcd was restored or replaced. */
public enum HistoryPolicy {
    /** Begin a new epoch and read everything again, if etcd still is the same cluster. Fail the task if it is another cluster, or has lost its keys. */
    SAME_CLUSTER,
    /** Begin a new epoch and read everything again. */
    RESNAPSHOT,
    /** Fail the task, so that the user can look first. */
    FAIL
}
