package dev.etcdpg.testing.stack;

/** A key with its value and revisions, in etcd or in the table. */
public record Entry(String key, String value, long createRevision, long modRevision, long version, long lease) {}
