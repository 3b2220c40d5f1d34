package dev.etcdpg.etcd.source.metrics;

import java.util.Locale;

/** Why a snapshot begins. */
public enum SnapshotReason {
    /** The source has no offset, or its snapshot was cut off. */
    UNFINISHED,
    /** {@code snapshot.mode} is always. */
    ALWAYS,
    /** {@code snapshot.interval.ms} has passed. */
    INTERVAL,
    /** Somebody requests it: the PostgreSQL sink after a loss, or an operator. */
    REQUEST,
    /** etcd has compacted events that were not read. */
    COMPACTION,
    /** Another epoch has begun, or etcd has another history. */
    EPOCH;

    /** Returns the value of the metric's tag. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
