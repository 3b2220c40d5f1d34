/**
 * PostgreSQL to Kafka: runs dispatch, and produces what it numbered, in order and chained. One way through it: {@link
 * dev.etcdpg.pg.source.PostgresNotifySourceTask} polls a {@link dev.etcdpg.pg.source.SendSource}, which waits for a hint of the {@link
 * dev.etcdpg.pg.source.WakeListener}, asks the {@link dev.etcdpg.pg.source.SendStore}, and lets {@link
 * dev.etcdpg.pg.source.SendRecords} make records of it.
 */
package dev.etcdpg.pg.source;
