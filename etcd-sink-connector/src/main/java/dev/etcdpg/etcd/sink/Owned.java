package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;

/**
 * What a task last knows to stand in the progress key of a topic partition that it has claimed.
 *
 * @param at mod_revision of the key
 * @param epoch content of the epoch key in the same transaction, null if there was none
 */
record Owned(SinkProgress written, long at, Long epoch) {}
