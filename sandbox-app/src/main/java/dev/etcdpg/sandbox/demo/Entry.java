package dev.etcdpg.sandbox.demo;

/** A key as one side holds it. */
record Entry(String key, String value, long createRevision, long modRevision, long version, long lease) {}
