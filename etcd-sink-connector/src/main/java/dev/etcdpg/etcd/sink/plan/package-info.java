/** Decides what a transaction contains. This package performs no I/O and does not depend on the etcd driver. */
@NullMarked
package dev.etcdpg.etcd.sink.plan;

import org.jspecify.annotations.NullMarked;
