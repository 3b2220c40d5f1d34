/** The tables in PostgreSQL that the sink works on, one class a table, and the session that the classes share. */
@NullMarked
package dev.etcdpg.pg.sink.store;

import org.jspecify.annotations.NullMarked;
