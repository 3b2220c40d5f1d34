package dev.etcdpg.pg.sink.store;

/** A key and something that is written for it. */
public record Keyed<T>(String key, T of) {}
