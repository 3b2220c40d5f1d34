/** Turns events and snapshot rows into chained records for Connect. */
@NullMarked
package dev.etcdpg.etcd.source.emit;

import org.jspecify.annotations.NullMarked;
