package dev.etcdpg.testing.chaos.history;

/** The author of a revision of etcd. */
public enum Author {
    /** The revision is older than the recording. */
    BEFORE,
    /** A writer of the workload. */
    WRITER,
    /** The etcd sink, which writes the changes of PostgreSQL. */
    SINK,
    /** Unknown: a lease ended, or the sink wrote without its progress. */
    LEASE
}
