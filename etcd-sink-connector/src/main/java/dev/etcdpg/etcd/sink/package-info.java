/**
 * Kafka to etcd. A record's way: {@link dev.etcdpg.etcd.sink.EtcdSinkTask} receives it, {@link dev.etcdpg.etcd.sink.ItemReader} says what it
 * asks for, {@link dev.etcdpg.etcd.sink.BatchCut} puts it into a batch, {@link dev.etcdpg.etcd.sink.Steps} decides what the batch may do, and
 * {@link dev.etcdpg.etcd.sink.PartitionSink} commits it in one etcd transaction together with the progress of its topic partition.
 */
package dev.etcdpg.etcd.sink;
