package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.config.Choices;

/** When a snapshot is made, under Debezium's names. Whatever the mode, a request and a new epoch are answered by one. */
public enum SnapshotMode {
    /** When there is no offset. If etcd no longer has what the offset wants, the task fails. */
    INITIAL,
    /** Whenever a task starts, and when etcd no longer has what the offset wants. */
    ALWAYS,
    /** Never: without an offset it begins with what comes. If etcd no longer has what the offset wants, the task fails. */
    NO_DATA,
    /** When there is no offset, or etcd no longer has what it wants. */
    WHEN_NEEDED;

    /** The texts of the modes in the configuration. */
    public static final Choices<SnapshotMode> CHOICES = Choices.underscored(SnapshotMode.class);

    /** The text of the mode in the configuration. */
    public String wire() {
        return CHOICES.text(this);
    }

    public boolean closesGaps() {
        return this == ALWAYS || this == WHEN_NEEDED;
    }
}
