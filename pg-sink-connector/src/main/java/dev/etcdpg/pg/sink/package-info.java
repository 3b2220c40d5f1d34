/**
 * Kafka to PostgreSQL. A record's way: {@code intake} (which key, was something lost), {@code apply} (locks, reads), {@code decide} (who
 * won), {@code apply} (writes).
 */
package dev.etcdpg.pg.sink;
