package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;

/**
 * A snapshot to be read.
 *
 * @param keys the keys of the snapshot
 * @param revision the revision of etcd when the snapshot begins
 * @param request the highest number of a request that the snapshot answers, 0 for none
 * @param total about how many keys the snapshot has
 */
record SnapshotPlan(KeyRange keys, long revision, long request, long total) {}
