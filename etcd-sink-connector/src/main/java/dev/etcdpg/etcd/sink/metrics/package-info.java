/** Counts the work of a task, and logs what happens to keys. */
@NullMarked
package dev.etcdpg.etcd.sink.metrics;

import org.jspecify.annotations.NullMarked;
