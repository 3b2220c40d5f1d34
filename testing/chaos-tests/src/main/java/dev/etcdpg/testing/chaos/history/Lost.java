package dev.etcdpg.testing.chaos.history;

/**
 * A row of etcd_conflict.
 *
 * @param change id that the change had in etcd_wal
 * @param value shortened by {@link Values}, null for a deletion
 * @param late whether it says that etcd took it after all
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
