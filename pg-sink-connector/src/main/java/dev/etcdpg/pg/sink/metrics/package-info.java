/** Counts the work of a task, and logs what happens to keys. */
@NullMarked
package dev.etcdpg.pg.sink.metrics;

import org.jspecify.annotations.NullMarked;
