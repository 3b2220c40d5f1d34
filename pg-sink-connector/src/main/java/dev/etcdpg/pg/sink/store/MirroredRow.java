package dev.etcdpg.pg.sink.store;

import dev.etcdpg.pg.sink.resolve.Mirror;
import org.jspecify.annotations.Nullable;

/** A row of a mirrored table with the content that equals etcd. */
public record MirroredRow(String key, @Nullable String value, Mirror mirror) {}
