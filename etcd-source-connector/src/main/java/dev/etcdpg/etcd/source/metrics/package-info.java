/** Counts the work of a task. */
@NullMarked
package dev.etcdpg.etcd.source.metrics;

import org.jspecify.annotations.NullMarked;
