package dev.etcdpg.testing.stack;

/** A key as one side holds it. */
public record Entry(String key, String value, long createRevision, long modRevision, long version, long lease) {}
