package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import java.time.Duration;

/**
 * @param fetchSize keys in a page at most
 * @param batchSize weight of the events that are merged at a time
 * @param heartbeat interval
 * @param watchTimeout within which a watch that is behind and silent is given up
 * @param mode when a snapshot is made
 * @param failOnAnotherHistory whether the task fails when etcd is found to have another history
 */
public record ReaderSettings(
        int fetchSize,
        int batchSize,
        Duration heartbeat,
        Duration watchTimeout,
        SnapshotMode mode,
        boolean failOnAnotherHistory) {

    /** How often etcd is asked where it is: a silent watch is noticed after three of these at the latest. */
    public Duration look() {
        Duration quarter = watchTimeout.dividedBy(4);
        return quarter.compareTo(heartbeat) < 0 ? quarter : heartbeat;
    }

    /** How long a watch that is behind may be silent. */
    public Duration silence() {
        return watchTimeout.dividedBy(2);
    }
}
