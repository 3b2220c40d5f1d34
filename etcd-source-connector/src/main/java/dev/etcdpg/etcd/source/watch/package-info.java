/** Receives the events of etcd and merges the watches of a route by revision. */
@NullMarked
package dev.etcdpg.etcd.source.watch;

import org.jspecify.annotations.NullMarked;
