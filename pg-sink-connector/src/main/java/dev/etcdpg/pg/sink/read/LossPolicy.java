package dev.etcdpg.pg.sink.read;

/** What to do when the chain shows that records of the topic were lost. */
public enum LossPolicy {
    /** Ask for a snapshot of the range; until it has ended, answers are not trusted. */
    HEAL,
    /** Fail the task. */
    FAIL,
    /** Log and go on. */
    IGNORE
}
