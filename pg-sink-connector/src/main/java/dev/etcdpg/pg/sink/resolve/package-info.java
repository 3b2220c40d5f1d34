/**
 * Decides how PostgreSQL reacts to etcd. Pure functions map the state of one key and its inputs to the new state and the effects. The package
 * performs no I/O and reads no clock.
 */
@NullMarked
package dev.etcdpg.pg.sink.resolve;

import org.jspecify.annotations.NullMarked;
