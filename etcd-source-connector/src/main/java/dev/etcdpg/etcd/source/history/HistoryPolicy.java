package dev.etcdpg.etcd.source.history;

/** What the source does when etcd has another history than before, because it was restored or replaced. */
public enum HistoryPolicy {
    /** Begin a new epoch and read everything again. */
    RESNAPSHOT,
    /** Fail the task, so that somebody can look first. */
    FAIL
}
