package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.metrics.SnapshotReason;

/**
 * A snapshot that must begin.
 *
 * @param reason the first reason why it must begin
 * @param text the same reason, for the log
 */
record WantedSnapshot(KeyRange keys, SnapshotReason reason, String text) {

    /** Returns the snapshot that has these keys too. */
    WantedSnapshot with(KeyRange more) {
        return new WantedSnapshot(Ranges.hull(keys, more), reason, text);
    }
}
