package dev.etcdpg.tool.compare;

import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A key in one snapshot of PostgreSQL.
 *
 * @param row the row of the mirrored table; null if there is none
 * @param mirror what the bookkeeping says of etcd; null if it says that etcd does not have the key
 * @param pending null if no local change waits
 * @param applied point of the last event of the key that was applied
 */
public record PostgresKey(
        String key,
        @Nullable KeyState row,
        @Nullable KeyState mirror,
        @Nullable PendingChange pending,
        Revision applied) {}
