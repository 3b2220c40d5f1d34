package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.kv.KeySpan;
import java.util.List;

/**
 * What one reader reads, and where it goes.
 *
 * @param siblings all ranges of the route, this one too
 * @param topic of the route
 * @param partitions into which keys are divided
 * @param connector name of the connector
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

    public KeySpan span() {
        return span(range);
    }

    /** The keys of a part of the range. */
    public KeySpan span(KeyRange part) {
        return KeySpan.of(route.prefix(), part);
    }

    @Override
    public String toString() {
        return "route " + route.name() + of(range);
    }

    /** For the log: nothing for all keys. */
    public static String of(KeyRange range) {
        return range.equals(KeyRange.ALL) ? "" : " after \"" + range.after() + "\" through \"" + range.through() + "\"";
    }
}
