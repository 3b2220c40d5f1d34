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
    private record Subject(String topic, String origin, String key) {
        static Subject of(KeyVersion version, SinkRecord record) {
            return new Subject(record.topic(), version.origin(), version.key());
        }
    }

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

    /** Returns the number of the keys that are remembered. */
    int size() {
        return (int) entries.size();
    }

    /** What the remembered versions tell about a record. */
    enum Finding {
        /** The version is newer than all versions of its key that are remembered. */
        NEWER,
        /** The record must pass, although its version is not newer. */
        REPEATED,
        /** A version that is at least as new has passed at a lower offset of the same topic partition. */
        STALE
    }

    /**
     * Compares a record with the newest version of its key. Records of snapshots are never stale, because a snapshot may have to correct records
     * that passed before.
     *
     * <p>A record at the offset of the newest version, or at a lower one, was delivered again, for example after a failed put. It is not stale,
     * because the sink may have lost the first delivery.
     */
    Finding compare(KeyVersion version, SinkRecord record) {
        Entry newest = entries.get(Subject.of(version, record));
        if (newest == null || !newest.isInPartitionOf(record) || version.isNewerThan(newest.version())) {
            return Finding.NEWER;
        }
        return version.isSnapshot() || record.originalKafkaOffset() <= newest.offset()
                ? Finding.REPEATED
                : Finding.STALE;
    }

    /** Remembers the version of a record as the newest one of its key. Only a record that the sink can apply may make others stale. */
    void remember(KeyVersion version, SinkRecord record) {
        entries.put(
                Subject.of(version, record),
                new Entry(
                        version,
                        record.originalTopic(),
                        record.originalKafkaPartition(),
                        record.originalKafkaOffset()));
    }
}
