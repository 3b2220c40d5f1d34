package dev.etcdpg.pg.source;

import java.time.Instant;

/**
 * A row of {@code etcd_sends}: something that PostgreSQL numbered for us to produce. Which fields are set depends on the kind.
 *
 * @param kind change, probe, request, new_epoch or conflict
 * @param key etcd key; null for request and new_epoch
 * @param value null for a delete, and where there is none
 * @param of of a probe the change's number, of a request its id, of a conflict the number under which the change was sent, or null
 * @param change id in {@code etcd_wal}
 */
record Send(
        long number,
        String kind,
        String route,
        String key,
        String op,
        String value,
        long baseEpoch,
        long baseRevision,
        long lease,
        String author,
        Long of,
        String rangeAfter,
        String rangeThrough,
        String reason,
        Long change,
        Instant changedAt,
        long wonEpoch,
        long wonRevision,
        boolean appliedLate) {

    /** Values may be secret. */
    @Override
    public String toString() {
        return kind + " " + number + " of route " + route + ", key " + key;
    }
}
