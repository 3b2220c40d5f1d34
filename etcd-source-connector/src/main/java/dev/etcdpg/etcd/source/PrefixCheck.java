package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Layout;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Refuses a route whose prefix has changed. A snapshot of another prefix would speak for all keys of the route, and the sink would delete the
 * rows of the old prefix.
 */
final class PrefixCheck {

    private PrefixCheck() {}

    /**
     * Returns the offset.
     *
     * @throws ConnectException if the offset was stored for another prefix
     */
    static SourceOffset sameAsOffset(Route route, SourceOffset offset) {
        String before = offset.history().prefix();
        if (before.isEmpty() || before.equals(route.prefix())) {
            return offset;
        }
        throw refused(route, before, "the offsets of the connector (DELETE /connectors/<name>/offsets)");
    }

    /**
     * @param keys the prefix of the layout keys in etcd
     * @throws ConnectException if the route was cut into key ranges for another prefix
     */
    static void sameAsLayout(Route route, Layout layout, String keys) {
        if (!layout.prefix().equals(route.prefix())) {
            throw refused(
                    route,
                    layout.prefix(),
                    "the offsets of the connector (DELETE /connectors/<name>/offsets) and the etcd key " + keys
                            + route.name());
        }
    }

    private static ConnectException refused(Route route, String before, String what) {
        return new ConnectException("Route " + route.name() + " was read from the prefix " + before
                + " until now, and the configured prefix is " + route.prefix()
                + ". The prefix of a route cannot change, because the rows of " + before
                + " would be deleted. Set etcd.prefix (or routes) to " + before
                + " again, or give the prefix " + route.prefix()
                + " a route with another name. If nobody uses the records of " + before + " any more, delete " + what
                + ": the route then begins with a snapshot.");
    }
}
