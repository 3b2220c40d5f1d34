package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import dev.etcdpg.etcd.source.watch.WatchSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a reader.
 *
 * @param batchSize weight of the events of a watch that may wait to be merged
 * @param heartbeat the time between heartbeats
 * @param watchTimeout the time within which a silent watch that is behind etcd is reopened
 * @param mode decides when a snapshot is made
 * @param snapshotInterval the time between two snapshots, empty for none
 */
record ReaderSettings(
        int batchSize,
        Duration heartbeat,
        Duration watchTimeout,
        SnapshotMode mode,
        Optional<Duration> snapshotInterval) {

    static ReaderSettings of(EtcdSourceConfig config) {
        return new ReaderSettings(
                config.getInt(EtcdSourceConfig.BATCH_SIZE),
                config.heartbeatInterval(),
                config.watchTimeout(),
                config.snapshotMode(),
                config.snapshotInterval());
    }

    /** Returns the time between looks at etcd's state. A watch that has died is noticed after three looks at the latest. */
    Duration lookInterval() {
        Duration quarter = watchTimeout.dividedBy(4);
        return quarter.compareTo(heartbeat) < 0 ? quarter : heartbeat;
    }

    WatchSettings watch() {
        return new WatchSettings(batchSize, watchTimeout.dividedBy(2));
    }
}
