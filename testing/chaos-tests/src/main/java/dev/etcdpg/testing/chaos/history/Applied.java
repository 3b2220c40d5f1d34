package dev.etcdpg.testing.chaos.history;

/**
 * A row of etcd_history.
 *
 * @param put else a deletion
 * @param value shortened by {@link Values}, null for a deletion
 * @param ours whether it says that it was a change of this database
 * @param snapshot whether a snapshot saw it
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
