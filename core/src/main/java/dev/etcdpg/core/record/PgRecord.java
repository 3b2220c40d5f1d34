package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;

/** A record of the topic {@code pg.<route>}: one numbered send of the database {@code origin}. */
public sealed interface PgRecord {

    Chain chain();

    /** UUID that names the database. */
    String origin();

    String route();

    /**
     * A local change, to be written if the key is still at its base.
     *
     * @param key etcd key
     * @param value null deletes
     * @param base epoch and mod_revision that PostgreSQL had mirrored; revision 0: the key was absent
     * @param lease lease id to keep, 0 for none
     * @param author PostgreSQL role that made the change
     */
    record Change(
            Chain chain,
            String origin,
            String route,
            String key,
            String value,
            Revision base,
            long lease,
            String author)
            implements PgRecord {}

    /** Asks what became of the change that was sent as number {@code of}. */
    record Probe(Chain chain, String origin, String route, String key, long of) implements PgRecord {}

    /** Asks for a snapshot of {@code range}. */
    record Request(Chain chain, String origin, String route, KeyRange range, long request) implements PgRecord {}

    /** PostgreSQL holds what contradicts etcd: begin a new epoch, unless it is past {@code found} already. */
    record NewEpoch(Chain chain, String origin, String route, long found, String reason) implements PgRecord {}

    /** Nothing to send; its number is that of the last send in the partition. */
    record Heartbeat(Chain chain, String origin, String route) implements PgRecord {}
}
