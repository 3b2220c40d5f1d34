/**
 * The keys that the connectors keep for themselves in etcd, and the format of their values. One class reads and writes each format. This
 * package performs no I/O.
 */
@NullMarked
package dev.etcdpg.etcd.bookkeeping;

import org.jspecify.annotations.NullMarked;
