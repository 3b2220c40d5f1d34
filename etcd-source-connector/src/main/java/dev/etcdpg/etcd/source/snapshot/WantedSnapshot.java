package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.Ranges;

/**
 * A snapshot that must begin.
 *
 * @param reason the first reason why it must begin, for the log
 */
record WantedSnapshot(KeyRange keys, String reason) {

    /** Returns the snapshot that has these keys too. */
    WantedSnapshot with(KeyRange more) {
        return new WantedSnapshot(Ranges.hull(keys, more), reason);
    }
}
