/** Keys, ranges, values and transactions of etcd as plain values. This @NullMarked
 * package does not depend on the driver and performs no I/O. */
package dev.etcdpg.etcd.kv;
