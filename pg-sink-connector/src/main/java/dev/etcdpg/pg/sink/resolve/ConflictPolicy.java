package dev.etcdpg.pg.sink.resolve;

/** Who wins when a key was changed on both sides. */
public enum ConflictPolicy {
    /** etcd's value stands on both sides, and what was pending goes to etcd_conflict. */
    ETCD_WINS,
    /** PostgreSQL's value is sent again on top of what etcd has; the history keeps etcd's. */
    POSTGRES_WINS,
    /** Nothing is sent or overwritten until someone calls etcd_resolve. */
    MANUAL
}
