package dev.etcdpg.testing.chaos.history;

/** Who made a revision of etcd. */
public enum Author {
    /** It was there before the recording began. */
    BEFORE,
    /** A writer of the workload. */
    WRITER,
    /** The etcd sink, for PostgreSQL. */
    SINK,
    /** Nobody said so: a lease has ended, or the sink wrote without its progress. */
    LEASE
}
