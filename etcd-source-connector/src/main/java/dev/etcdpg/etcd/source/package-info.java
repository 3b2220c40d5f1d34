/**
 * etcd → Kafka. The way of an event: {@link dev.etcdpg.etcd.source.watch.EtcdWatch} receives it, {@link
 * dev.etcdpg.etcd.source.decide.RevisionMerge} puts the watches of a route into one order, {@link dev.etcdpg.etcd.source.RouteReader}
 * delivers whole revisions, {@link dev.etcdpg.etcd.source.Outbox} makes chained records of them, and {@link
 * dev.etcdpg.etcd.source.EtcdSourceTask} hands them to Connect. A {@link dev.etcdpg.etcd.source.SnapshotRun} goes on beside that.
 */
package dev.etcdpg.etcd.source;
