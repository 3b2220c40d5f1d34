/** Turns events and snapshot rows into chained records for Connect. */
package dev.etcdpg.etcd.source.emit;
