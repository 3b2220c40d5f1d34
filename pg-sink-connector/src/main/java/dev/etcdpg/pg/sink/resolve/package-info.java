/**
 * Decides what PostgreSQL does with what etcd says: pure functions from the state of one key and its inputs to the new state and the effects. No
 * I/O, no clock.
 */
@NullMarked
package dev.etcdpg.pg.sink.resolve;

import org.jspecify.annotations.NullMarked;
