/**
 * Moves events from etcd to Kafka. {@link dev.etcdpg.etcd.source.watch.EtcdWatch} receives an event, {@link
 * dev.etcdpg.etcd.source.watch.WatchSession} merges the watches of a route by revision, {@link
 * dev.etcdpg.etcd.source.RevisionDelivery} delivers whole revisions, {@link dev.etcdpg.etcd.source.emit.RecordEmitter} turns them into
 * chained records, and {@link dev.etcdpg.etcd.source.EtcdSourceTask} hands the records to Connect. {@link
 * dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator} runs snapshots beside the watch, {@link
 * dev.etcdpg.etcd.source.history.HistoryGuard} notices that etcd was restored, and {@link
 * dev.etcdpg.etcd.source.offset.OffsetTracker} tracks what Connect stores. {@link dev.etcdpg.etcd.source.RouteReader} drives all of them.
 */
@NullMarked
package dev.etcdpg.etcd.source;

import org.jspecify.annotations.NullMarked;
