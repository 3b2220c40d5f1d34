/** Decisions into PostgreSQL: locks, reads, set-based writes, all of a round in one transaction. */
package dev.etcdpg.pg.sink.apply;
