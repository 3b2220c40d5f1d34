package dev.etcdpg.pg.sink.resolve;

/** Reaction of the sink to a record that contradicts the mirror, because etcd was restored or replaced. */
public enum ContradictionPolicy {
    /** As {@link #RESNAPSHOT}, but refuse the records of a source that reads another etcd cluster than before. */
    SAME_CLUSTER,
    /** Request a new epoch, under which everything is read again. */
    RESNAPSHOT,
    /** Fail the task, so that an operator can look first. */
    FAIL
}
