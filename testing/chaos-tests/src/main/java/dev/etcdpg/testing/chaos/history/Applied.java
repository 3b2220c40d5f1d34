package dev.etcdpg.testing.chaos.history;

/**
 * A row of etcd_history.
 *
 * @param put false for a deletion
 * @param value shortened by {@link Values}, null for a deletion
 * @param ours whether the row says that the change came from this database
 * @param snapshot whether the row came from a snapshot
 */
public record Applied(
        String key,
        long epoch,
        long revision,
        boolean put,
        String value,
        long createRevision,
        long version,
        long lease,
        boolean ours,
        boolean snapshot) {}
