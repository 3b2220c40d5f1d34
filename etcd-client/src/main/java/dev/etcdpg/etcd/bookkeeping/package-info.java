/**
 * The keys that the connectors keep for themselves in etcd, and the format of their values. One class reads and writes each format. This
 * @NullMarked
 * package performs no I/O.
 */
package dev.etcdpg.etcd.bookkeeping;
