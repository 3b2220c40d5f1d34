/** Receives the events of etcd and merges the watches of a route by revision. */
package dev.etcdpg.etcd.source.watch;
