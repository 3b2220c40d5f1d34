package dev.etcdpg.pg.sink.store;

/** A key and a value that is written for the key. */
public record Keyed<T>(String key, T of) {}
