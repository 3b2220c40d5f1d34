/**
 * Kafka to PostgreSQL. A record's way: {@code read} (which key, was something lost), {@code apply} (locks, reads), {@code resolve} (who won),
 * {@code apply} (writes). {@code store} holds the SQL.
 */
@NullMarked
package dev.etcdpg.pg.sink;

import org.jspecify.annotations.NullMarked;
