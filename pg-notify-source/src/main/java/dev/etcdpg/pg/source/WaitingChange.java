package dev.etcdpg.pg.source;

import org.jspecify.annotations.Nullable;

/**
 * A change that waits for another connector.
 *
 * @param key the key of a change in flight; null for all changes of a route without a complete snapshot
 * @param number the send number of the change in flight; 0 if there is none
 */
record WaitingChange(String route, @Nullable String key, long number) {

    /** Returns sentences that say what is missing. They contain no value. */
    String describe() {
        return key == null
                ? "Changes of route " + route
                        + " wait in etcd_wal, because no snapshot of etcd has been applied. Start the etcd source and the"
                        + " PostgreSQL sink of the route, which bring the snapshot. A mirror needs them in each direction. With"
                        + " snapshot.mode=no_data, call etcd_resync."
                : "The change of key " + key + " of route " + route + " was sent under number " + number
                        + " more than a minute ago, and its outcome has not come back. Check that the etcd sink, the etcd source and the"
                        + " PostgreSQL sink of the route run.";
    }
}
