package dev.etcdpg.sandbox;

/** A key as one side holds it. */
public record Entry(String key, String value, long createRevision, long modRevision, long version, long lease) {}
