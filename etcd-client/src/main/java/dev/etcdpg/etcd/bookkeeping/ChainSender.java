package dev.etcdpg.etcd.bookkeeping;

import org.jspecify.annotations.Nullable;

/**
 * The sender of a chain of numbered records.
 *
 * @param origin UUID of the database. A copy of the database has the same origin
 * @param database name that differs between copies; null if the records do not name their database
 */
public record ChainSender(String origin, @Nullable String database) {

    /** Meaning of a record for the databases of its origin. */
    public enum Judgement {
        /** The record comes from the current database, or does not name its database. */
        CURRENT,
        /** The record comes from a database that was not seen before. */
        NEW,
        /** The record comes from a former database, and was read before. */
        OLD,
        /** A former database has sent a new record. */
        REFUSED
    }

    /** Returns the name under which progress records the numbers of the sender. */
    String key() {
        return database == null ? origin : origin + "@" + database;
    }
}
