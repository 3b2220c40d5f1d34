package dev.etcdpg.testing.it;

/** A key as one side holds it. */
record Entry(String value, long createRevision, long modRevision, long version, long lease) {}
