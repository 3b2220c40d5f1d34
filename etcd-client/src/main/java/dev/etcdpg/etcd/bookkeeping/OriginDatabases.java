package dev.etcdpg.etcd.bookkeeping;

import java.util.HashSet;
import java.util.Set;

/**
 * The databases that have sent records of one origin in one topic partition. An origin has one database at a time. Another database takes over
 * after a failover or after a dump was restored. If a former database then sends again, two copies of one database are running.
 *
 * @param current the database that sends now
 * @param superseded the former databases
 */
public record OriginDatabases(String current, Set<String> superseded) {

    public OriginDatabases {
        superseded = superseded == null ? Set.of() : Set.copyOf(superseded);
    }

    /** Returns the databases after {@code database} has taken over. */
    OriginDatabases after(String database) {
        Set<String> former = new HashSet<>(superseded);
        former.add(current);
        return new OriginDatabases(database, former);
    }
}
