/**
 * Moves events from etcd to Kafka. {@link dev.etcdpg.etcd.source.watch.EtcdWatch} receives an event, {@link
 * dev.etcdpg.etcd.source.watch.RevisionMerge} orders the watches of a route by revision, {@link
 * dev.etcdpg.etcd.source.RouteReader} delivers whole revisions, {@link dev.etcdpg.etcd.source.emit.Outbox} turns them into chained
 * records, and {@link dev.etcdpg.etcd.source.EtcdSourceTask} hands the records to Connect. A {@link
 * dev.etcdpg.etcd.source.snapshot.SnapshotRun} runs beside the watch.
 */
package dev.etcdpg.etcd.source;
