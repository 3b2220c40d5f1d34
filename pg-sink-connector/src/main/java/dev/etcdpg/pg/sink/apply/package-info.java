/** Applies segments to PostgreSQL: locks, reads, has {@code resolve} decide, writes, commits. */
@NullMarked
package dev.etcdpg.pg.sink.apply;

import org.jspecify.annotations.NullMarked;
