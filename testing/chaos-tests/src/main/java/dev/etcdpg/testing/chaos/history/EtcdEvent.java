package dev.etcdpg.testing.chaos.history;

/**
 * What etcd did to a key at a revision.
 *
 * @param value shortened by {@link Values}; null when the key was deleted, and then the next three are 0
 */
public record EtcdEvent(
        String key, long revision, String value, long createRevision, long version, long lease, Author author) {}
