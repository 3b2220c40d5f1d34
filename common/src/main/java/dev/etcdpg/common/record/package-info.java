/**
 * What travels in the topics. {@link dev.etcdpg.common.record.EtcdRecord} goes from etcd to PostgreSQL in {@code etcd.<route>}, {@link
 * dev.etcdpg.common.record.PgRecord} from PostgreSQL to etcd in {@code pg.<route>}. The codecs write Connect structs and read structs and
 * schemaless maps alike.
 */
package dev.etcdpg.common.record;
