package dev.etcdpg.pg.source;

import org.jspecify.annotations.Nullable;

/**
 * Who sends the records: a database and the place that it has now, as {@code etcd_identity} returns them. A copy of a database has the same
 * origin and another place.
 *
 * @param origin UUID of the database
 * @param database place of the database; null if it is not known
 */
public record Sender(String origin, @Nullable String database) {}
