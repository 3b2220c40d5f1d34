package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code etcd_sends}: something that dispatch has numbered and the source must produce. Immutable; no text form shows a value. */
public sealed interface Send {

    /** Returns the number that dispatch has assigned, which is greater than every earlier number. */
    long number();

    String routeName();

    /** A send to the etcd sink, which goes into the topic of its route and is part of the chain of its partition. */
    sealed interface ToEtcd extends Send {

        Route route();

        @Override
        default String routeName() {
            return route().name();
        }

        /** Returns the key that determines the partition, or null if the send is not about one key. */
        @Nullable
        String key();

        /** Encodes the send as a record of the database {@code origin}. */
        PgRecord encode(Chain chain, String origin);
    }

    /**
     * A local change.
     *
     * @param value null deletes the key
     * @param base epoch and revision on which the change was built; revision 0 if the key was absent
     * @param lease id of the lease to keep, 0 for none
     * @param author PostgreSQL role that made the change
     */
    record Change(
            long number,
            Route route,
            String key,
            @Nullable String value,
            Revision base,
            long lease,
            @Nullable String author)
            implements ToEtcd {

        @Override
        public PgRecord encode(Chain chain, String origin) {
            return new PgRecord.Change(chain, origin, route.name(), key, value, base, lease, author);
        }

        @Override
        public String toString() {
            return "change " + number + " of key " + key;
        }
    }

    /**
     * Asks for the outcome of a change.
     *
     * @param of number of the change
     */
    record Probe(long number, Route route, String key, long of) implements ToEtcd {

        @Override
        public PgRecord encode(Chain chain, String origin) {
            return new PgRecord.Probe(chain, origin, route.name(), key, of);
        }
    }

    /**
     * Requests a snapshot of a key range.
     *
     * @param id id of the request in {@code etcd_request}
     */
    record SnapshotRequest(long number, Route route, KeyRange range, long id) implements ToEtcd {

        @Override
        public @Nullable String key() {
            return null;
        }

        @Override
        public PgRecord encode(Chain chain, String origin) {
            return new PgRecord.Request(chain, origin, route.name(), range, id);
        }
    }

    /**
     * Requests a new epoch, because PostgreSQL holds something that contradicts etcd.
     *
     * @param wrongEpoch the epoch that was found wrong
     */
    record NewEpochRequest(long number, Route route, long wrongEpoch, String reason) implements ToEtcd {

        @Override
        public @Nullable String key() {
            return null;
        }

        @Override
        public PgRecord encode(Chain chain, String origin) {
            return new PgRecord.NewEpoch(chain, origin, route.name(), wrongEpoch, reason);
        }
    }

    /**
     * A local change that lost to a change in etcd, for the conflicts topic.
     *
     * @param routeName name of the route, which may be removed already
     * @param value null if the change was a delete
     * @param changeId id that the change had in {@code etcd_wal}
     * @param sendNumber number under which the change was sent last; null if it was never sent
     * @param base epoch and revision on which the change was built
     * @param won epoch and revision that won
     * @param isAppliedLate whether etcd applied the change after all
     */
    record Conflict(
            long number,
            String routeName,
            String key,
            @Nullable String value,
            String author,
            Instant changedAt,
            long changeId,
            @Nullable Long sendNumber,
            Revision base,
            Revision won,
            String reason,
            boolean isAppliedLate)
            implements Send {

        @Override
        public String toString() {
            return "conflict " + number + " of key " + key;
        }
    }
}
