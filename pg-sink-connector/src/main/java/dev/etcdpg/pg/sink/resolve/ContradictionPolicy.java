package dev.etcdpg.pg.sink.resolve;

/** Reaction of the sink to a record that contradicts the mirror, because etcd was restored or replaced. */
public enum ContradictionPolicy {
    /** Request a new epoch, under which everything is read again. */
    RESNAPSHOT,
    /** Fail the task, so that an operator can look first. */
    FAIL
}
