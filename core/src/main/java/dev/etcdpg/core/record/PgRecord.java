package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;

/** A record of the topic {@code pg.<route>}: one numbered send of the database {@code origin}. */
public sealed interface PgRecord {

    /** The kinds of records. */
    enum Kind {
        CHANGE,
        PROBE,
        REQUEST,
        NEW_EPOCH,
        HEARTBEAT
    }

    Kind kind();

    Chain chain();

    /** Returns the UUID of the database. */
    String origin();

    String route();

    /** Returns the etcd key, which is also the key of the Kafka record; null if the record is not about a single key. */
    default @Nullable String key() {
        return null;
    }

    /**
     * A change made in PostgreSQL. The etcd sink writes it if the key is still at its base.
     *
     * @param key etcd key
     * @param value null to delete the key
     * @param base epoch and mod_revision that PostgreSQL had mirrored; revision 0 if the key was absent
     * @param lease lease id to keep; 0 for none
     * @param author PostgreSQL role that made the change; null if unknown
     */
    record Change(
            Chain chain,
            String origin,
            String route,
            String key,
            @Nullable String value,
            Revision base,
            long lease,
            @Nullable String author)
            implements PgRecord {

        @Override
        public Kind kind() {
            return Kind.CHANGE;
        }
    }

    /** Asks for the outcome of the change that was sent as number {@code of}. */
    record Probe(Chain chain, String origin, String route, String key, long of) implements PgRecord {

        @Override
        public Kind kind() {
            return Kind.PROBE;
        }
    }

    /** Asks for a snapshot of {@code range}. */
    record Request(Chain chain, String origin, String route, KeyRange range, long request) implements PgRecord {

        @Override
        public Kind kind() {
            return Kind.REQUEST;
        }
    }

    /** Asks for a new epoch, because PostgreSQL contradicts etcd. The request is void if the epoch is higher than {@code found}. */
    record NewEpoch(Chain chain, String origin, String route, long found, String reason) implements PgRecord {

        @Override
        public Kind kind() {
            return Kind.NEW_EPOCH;
        }
    }

    /** Sends nothing. Its number is the number of the last send in the partition. */
    record Heartbeat(Chain chain, String origin, String route) implements PgRecord {

        @Override
        public Kind kind() {
            return Kind.HEARTBEAT;
        }
    }
}
