/**
 * What travels in the topics. {@link dev.etcdpg.core.record.EtcdRecord} goes from etcd to PostgreSQL in {@code etcd.<route>}, {@link
 * dev.etcdpg.core.record.PgRecord} from PostgreSQL to etcd in {@code pg.<route>}. The codecs write Connect structs and read structs and
 * schemaless maps alike.
 */
package dev.etcdpg.core.record;
