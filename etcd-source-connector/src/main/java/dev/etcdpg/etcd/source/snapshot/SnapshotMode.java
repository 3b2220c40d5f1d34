package dev.etcdpg.etcd.source.snapshot;

import java.util.Locale;
import org.apache.kafka.common.config.ConfigException;

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

    /** As it is written in the configuration. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static SnapshotMode of(String wire) {
        for (SnapshotMode mode : values()) {
            if (mode.wire().equals(wire)) {
                return mode;
            }
        }
        throw new ConfigException("There is no snapshot.mode " + wire);
    }

    public boolean closesGaps() {
        return this == ALWAYS || this == WHEN_NEEDED;
    }
}
