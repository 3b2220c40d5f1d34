/**
 * Writes Kafka records to PostgreSQL. {@code read} finds the keys of records and notices losses, {@code apply} locks rows and reads their
 * state, {@code resolve} decides who won, and {@code apply} writes the result. {@code store} contains the SQL.
 */
@NullMarked
package dev.etcdpg.pg.sink;

import org.jspecify.annotations.NullMarked;
