/** The PostgreSQL tables of the sink, with one class for each table, and the session that the classes share. */
@NullMarked
package dev.etcdpg.pg.sink.store;

import org.jspecify.annotations.NullMarked;
