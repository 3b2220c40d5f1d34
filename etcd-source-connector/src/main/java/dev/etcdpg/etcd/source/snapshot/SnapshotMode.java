package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.config.Choices;

/**
 * Decides when the source makes a snapshot. The names are Debezium's. In every mode the source also makes a snapshot for a request and for a
 * new epoch.
 */
public enum SnapshotMode {
    /** The source makes a snapshot if there is no offset. If etcd has compacted the next revision, the task fails. */
    INITIAL,
    /** The source makes a snapshot at every start of a task, and if etcd has compacted the next revision. */
    ALWAYS,
    /**
     * The source makes no snapshot: without an offset it starts at the current revision. If etcd has compacted the next revision, the task
     * fails.
     */
    NO_DATA,
    /** The source makes a snapshot if there is no offset, or if etcd has compacted the next revision. */
    WHEN_NEEDED;

    /** The name of the setting. */
    public static final String SETTING = "snapshot.mode";

    /** The texts of the modes in the configuration. */
    public static final Choices<SnapshotMode> CHOICES = Choices.underscored(SnapshotMode.class);

    /** Returns the text of the mode in the configuration. */
    public String wire() {
        return CHOICES.text(this);
    }

    /** Returns whether a snapshot replaces events that etcd has compacted. */
    public boolean closesGaps() {
        return this == ALWAYS || this == WHEN_NEEDED;
    }
}
