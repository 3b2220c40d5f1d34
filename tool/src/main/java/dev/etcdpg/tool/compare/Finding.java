package dev.etcdpg.tool.compare;

/** Result of the comparison of a key. */
public enum Finding {
    EQUAL(false, "equal"),
    /** The row has a local change that etcd has not decided. */
    PENDING(false, "a change made in SQL is pending"),
    /** A local change waits for an operator. */
    HELD(false, "a change made in SQL is held: see etcd-pg pending"),
    /** PostgreSQL cannot hold the key or the value. */
    DEAD_LETTER(false, "PostgreSQL cannot hold the value: see the dead letter topic"),
    MISSING(true, "etcd has the key, and the bookkeeping of PostgreSQL does not"),
    EXTRA(true, "the bookkeeping of PostgreSQL has the key, and etcd does not"),
    MIRROR_DIFFERS(true, "the bookkeeping of PostgreSQL has another value or another revision than etcd"),
    ROW_MISSING(
            true,
            "the row is missing, although the bookkeeping has the key: it was deleted past the triggers, or refused"),
    ROW_EXTRA(true, "there is a row, although etcd does not have the key: it was inserted past the triggers"),
    ROW_DIFFERS(
            true,
            "the row has another value or another revision than the bookkeeping: it was written past the triggers, or refused");

    private final boolean difference;
    private final String sentence;

    Finding(boolean difference, String sentence) {
        this.difference = difference;
        this.sentence = sentence;
    }

    /** Returns whether the key is truly different: no rule of the protocol explains it. */
    public boolean isDifference() {
        return difference;
    }

    /** Returns whether the row differs from the bookkeeping, so that a snapshot of etcd would not repair it. */
    public boolean isOfTheRow() {
        return this == ROW_MISSING || this == ROW_EXTRA || this == ROW_DIFFERS;
    }

    /** Describes the finding, without a value. */
    public String sentence() {
        return sentence;
    }
}
