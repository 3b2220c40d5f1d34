package dev.etcdpg.etcd.sink.progress;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import java.util.OptionalLong;

/**
 * Last known content of a progress key that the task has claimed.
 *
 * @param written value of the key
 * @param at mod_revision of the key
 * @param epoch value of the epoch key in the same transaction; empty if there was none
 */
public record OwnedProgress(SinkProgress written, long at, OptionalLong epoch) {}
