/**
 * Writes Kafka records to etcd. {@link dev.etcdpg.etcd.sink.EtcdSinkTask} receives a record,
 * {@link dev.etcdpg.etcd.sink.read.InstructionReader} reads the instruction of the record, {@link dev.etcdpg.etcd.sink.plan.BatchCutter} puts
 * it into a batch, {@link dev.etcdpg.etcd.sink.plan.StepPlanner} decides about the actions of the batch, and
 * {@link dev.etcdpg.etcd.sink.commit.BatchWriter} commits the batch in one etcd transaction together with the progress of its topic partition.
 */
@NullMarked
package dev.etcdpg.etcd.sink;

import org.jspecify.annotations.NullMarked;
