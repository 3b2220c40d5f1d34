package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.sink.resolve.Mirror;
import org.jspecify.annotations.Nullable;

/** A row of a mirrored table, as it must be to equal etcd. */
public record MirroredRow(String key, @Nullable String value, Mirror mirror) {}
