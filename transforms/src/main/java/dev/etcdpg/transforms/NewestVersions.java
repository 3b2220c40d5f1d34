package dev.etcdpg.transforms;

import dev.etcdpg.core.record.KeyVersion;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Remembers the newest version of each key that has passed, and the place of its record. The memory is bounded: the keys that were met last
 * are remembered, and a record of a forgotten key passes. Not thread-safe.
 */
final class NewestVersions {

    /** The sequence that a version belongs to. Several topics and several databases can have the same key. */
    private record Subject(String topic, String origin, String key) {}

    /** A version and the original place of its record. */
    private record Entry(KeyVersion version, String topic, int partition, long offset) {

        boolean isInPartitionOf(SinkRecord record) {
            return partition == record.originalKafkaPartition() && topic.equals(record.originalTopic());
        }
    }

    private final LRUCache<Subject, Entry> entries;

    /** @param maxKeys largest number of keys that are remembered, at least 1 */
    NewestVersions(int maxKeys) {
        entries = new LRUCache<>(maxKeys);
    }

    /**
     * Admits a record unless it is stale, and remembers its version if it is the newest. A record is stale if a version that is at least as new
     * was admitted at a lower offset of the same topic partition. Records of snapshots are always admitted, because a snapshot may have to
     * correct records that passed before.
     *
     * <p>A record at the offset of the newest version, or at a lower one, was delivered again, for example after a failed put. It is admitted,
     * because the sink may have lost the first delivery.
     *
     * @return whether the record is admitted
     */
    boolean admit(KeyVersion version, SinkRecord record) {
        Subject subject = new Subject(record.topic(), version.origin(), version.key());
        Entry newest = entries.get(subject);
        if (newest == null || !newest.isInPartitionOf(record) || version.isNewerThan(newest.version())) {
            entries.put(
                    subject,
                    new Entry(
                            version,
                            record.originalTopic(),
                            record.originalKafkaPartition(),
                            record.originalKafkaOffset()));
            return true;
        }
        return version.isSnapshot() || record.originalKafkaOffset() <= newest.offset();
    }
}
