/** Keys, ranges, values and transactions of etcd as plain values. This package does not depend on the driver and performs no I/O. */
@NullMarked
package dev.etcdpg.etcd.kv;

import org.jspecify.annotations.NullMarked;
