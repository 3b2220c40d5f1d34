package dev.etcdpg.etcd.source;

import dev.etcdpg.common.KeyRange;
import dev.etcdpg.common.Route;

/**
 * What one reader reads, and where it goes.
 *
 * @param topic of the route
 * @param partitions into which keys are divided
 * @param connector name of the connector
 */
record Scope(
        Route route,
        KeyRange range,
        String topic,
        int partitions,
        String deadLetterTopic,
        boolean tombstones,
        String connector) {

    KeySpan span() {
        return KeySpan.of(route.prefix(), range);
    }

    @Override
    public String toString() {
        return range.equals(KeyRange.ALL)
                ? "route " + route.name()
                : "route " + route.name() + " after \"" + range.after() + "\" through \"" + range.through() + "\"";
    }
}
