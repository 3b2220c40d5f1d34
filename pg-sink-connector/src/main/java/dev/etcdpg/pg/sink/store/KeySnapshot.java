package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.sink.resolve.KeySyncState;

/**
 * The state of a key in the database.
 *
 * @param hasRow whether the mirrored table has a row for it, committed or of this transaction
 * @param hasMirror whether {@code etcd_mirror} has a row for it
 */
public record KeySnapshot(String key, boolean hasRow, boolean hasMirror, KeySyncState state) {}
