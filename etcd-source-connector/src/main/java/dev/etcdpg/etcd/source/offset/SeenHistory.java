package dev.etcdpg.etcd.source.offset;

/**
 * The state of etcd as the source has seen it.
 *
 * @param history the history as it was seen last; its epoch is 0 if nothing was seen yet
 * @param revision the highest revision that etcd is known to have had, 0 for none
 * @param partitions the number of partitions that the keys were divided into
 */
public record SeenHistory(SourceOffset.History history, long revision, int partitions) {}
