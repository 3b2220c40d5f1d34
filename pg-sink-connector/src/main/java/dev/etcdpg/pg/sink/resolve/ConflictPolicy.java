package dev.etcdpg.pg.sink.resolve;

/** Decides which side wins when a key was changed on both sides. */
public enum ConflictPolicy {
    /** The value of etcd is kept on both sides; pending changes are moved to etcd_conflict. */
    ETCD_WINS,
    /** The value of PostgreSQL is sent again and replaces the value of etcd, which the history keeps. */
    POSTGRES_WINS,
    /** Nothing is sent or overwritten until an operator calls etcd_resolve. */
    MANUAL
}
