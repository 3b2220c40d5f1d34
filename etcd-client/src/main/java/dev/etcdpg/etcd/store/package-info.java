/** Reads and writes the bookkeeping keys in etcd. */
package dev.etcdpg.etcd.store;
