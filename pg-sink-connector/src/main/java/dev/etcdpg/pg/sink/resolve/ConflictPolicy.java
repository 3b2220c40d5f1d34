package dev.etcdpg.pg.sink.resolve;

/** Which side wins when a key was changed on both. */
public enum ConflictPolicy {
    /** etcd's value stands on both sides; pending changes go to etcd_conflict. */
    ETCD_WINS,
    /** PostgreSQL's value is sent again on top of etcd's value, which the history keeps. */
    POSTGRES_WINS,
    /** Nothing is sent or overwritten until an operator calls etcd_resolve. */
    MANUAL
}
