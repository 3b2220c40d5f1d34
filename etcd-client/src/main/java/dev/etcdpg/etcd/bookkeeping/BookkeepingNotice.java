package dev.etcdpg.etcd.bookkeeping;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Outcome;

/** Content of a bookkeeping key that concerns the readers of a route. */
public sealed interface BookkeepingNotice {

    /** Returns the mod_revision of the key. */
    long revision();

    /** The epoch key was written. The epoch is 0 if the key was deleted or holds no number. */
    record Epoch(long epoch, long revision) implements BookkeepingNotice {}

    /** The etcd sink answered change {@code of} of an origin. */
    record Answer(String origin, String key, long of, Outcome outcome, String reason, long revision)
            implements BookkeepingNotice {}

    /** A snapshot of a key range is requested. */
    record Request(long number, KeyRange range, long revision) implements BookkeepingNotice {}

    /** The key cannot be read. */
    record Malformed(String key, long revision, String reason) implements BookkeepingNotice {}
}
