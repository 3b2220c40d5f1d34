/**
 * The records of the topics. {@link dev.etcdpg.core.record.EtcdRecord} travels from etcd to PostgreSQL in {@code etcd.<route>}, and
 * {@link dev.etcdpg.core.record.PgRecord} travels from PostgreSQL to etcd in {@code pg.<route>}. The codecs write Connect structs. They read
 * structs and schemaless maps in the same way.
 */
@NullMarked
package dev.etcdpg.core.record;

import org.jspecify.annotations.NullMarked;
