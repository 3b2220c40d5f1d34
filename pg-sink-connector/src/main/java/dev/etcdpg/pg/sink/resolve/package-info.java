/**
 * What PostgreSQL does with what etcd says: pure functions from the state of one key and its records to the new state and the effects. No
 * I/O, no clock.
 */
package dev.etcdpg.pg.sink.resolve;
