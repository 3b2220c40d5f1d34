package dev.etcdpg.pg.sink.store;

/** What becomes of the rows that a table has when its route is installed. */
public enum ExistingRows {
    /** The rows are sent to etcd as inserts. */
    ENQUEUE,
    /** Nothing is sent. Rows take the values that etcd has; other rows stay. */
    IGNORE,
    /** The installation fails if there are rows. */
    FAIL
}
