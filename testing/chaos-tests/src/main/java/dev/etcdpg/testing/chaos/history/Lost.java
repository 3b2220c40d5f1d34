package dev.etcdpg.testing.chaos.history;

/**
 * A row of etcd_conflict.
 *
 * @param change the id of the change in etcd_wal
 * @param value shortened by {@link Values}, null for a deletion
 * @param late whether the row is marked as applied late
 */
public record Lost(
        String key,
        long change,
        String transaction,
        String value,
        long baseRevision,
        long wonEpoch,
        long wonRevision,
        String reason,
        boolean late) {}
