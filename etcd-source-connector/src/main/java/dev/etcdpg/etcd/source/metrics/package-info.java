/** Counts the work of a task. */
package dev.etcdpg.etcd.source.metrics;
