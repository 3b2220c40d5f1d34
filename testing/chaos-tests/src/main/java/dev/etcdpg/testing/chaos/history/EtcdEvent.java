package dev.etcdpg.testing.chaos.history;

/**
 * A change of a key in etcd.
 *
 * @param value shortened by {@link Values}; null for a deletion, where the next three are 0
 */
public record EtcdEvent(
        String key, long revision, String value, long createRevision, long version, long lease, Author author) {}
