package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.kv.KeySpan;
import java.util.List;

/**
 * The keys that one reader reads, and the destination of its records.
 *
 * @param siblings all ranges of the route, including this one
 * @param topic the topic of the route
 * @param partitions the number of partitions that the keys are divided into
 * @param tombstones whether a delete is followed by a tombstone
 * @param connector the name of the connector
 */
public record Scope(
        Route route,
        KeyRange range,
        List<KeyRange> siblings,
        String topic,
        int partitions,
        String deadLetterTopic,
        boolean tombstones,
        String connector) {

    /** Returns the keys of the range. */
    public KeySpan span() {
        return span(range);
    }

    /** Returns the keys of a part of the range. */
    public KeySpan span(KeyRange part) {
        return KeySpan.of(route.prefix(), part);
    }

    @Override
    public String toString() {
        return "route " + route.name() + of(range);
    }

    /** Describes a range in messages; empty for all keys. */
    public static String of(KeyRange range) {
        return range.equals(KeyRange.ALL) ? "" : " after \"" + range.after() + "\" through \"" + range.through() + "\"";
    }
}
