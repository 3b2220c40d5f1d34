package dev.etcdpg.pg.sink.read;

/** Reaction of the sink to a record of a source that must not write the topic. */
public enum ForeignSourcePolicy {
    /** Fail the task. */
    FAIL,
    /** Send the record to the dead letter topic. */
    SKIP
}
