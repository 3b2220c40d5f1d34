package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.partition.Scope;

/**
 * Values that all snapshots of a reader share.
 *
 * @param fetchSize the largest number of keys in a page
 */
public record SnapshotContext(
        Scope scope,
        EtcdGateway etcd,
        BookkeepingKeys keys,
        RecordEmitter emitter,
        int fetchSize,
        RangeMetrics metrics) {}
