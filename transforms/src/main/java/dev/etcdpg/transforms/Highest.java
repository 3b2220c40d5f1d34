package dev.etcdpg.transforms;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The highest that passed of each key, and where. Bounded: of a key that was not met for long nothing is known, and its next record passes.
 * Not thread-safe.
 *
 * @param <V> what is compared: a revision, or a number
 */
final class Highest<V extends Comparable<V>> {

    /** Of which sequence of values a key is a member: the same key may be in several topics, or sent by several databases. */
    record Subject(String topic, String origin, String key) {}

    private record Entry<V>(V value, TopicPartition partition, long offset) {}

    private final Map<Subject, Entry<V>> entries;

    /** @param maxKeys how many keys are remembered at most */
    Highest(int maxKeys) {
        entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Subject, Entry<V>> eldest) {
                return size() > maxKeys;
            }
        };
    }

    /**
     * Whether something as high passed at a lower offset of the same topic partition. A record at that offset or below is one delivered
     * again, after a failed put say, and must pass: the sink has perhaps kept nothing of it.
     */
    boolean isStale(Subject subject, V value, TopicPartition partition, long offset) {
        Entry<V> highest = entries.get(subject);
        return highest != null
                && highest.partition().equals(partition)
                && offset > highest.offset()
                && value.compareTo(highest.value()) <= 0;
    }

    void passed(Subject subject, V value, TopicPartition partition, long offset) {
        Entry<V> highest = entries.get(subject);
        boolean moved = highest != null && !highest.partition().equals(partition);
        if (highest == null || moved || value.compareTo(highest.value()) > 0) {
            entries.put(subject, new Entry<>(value, partition, offset));
        }
    }
}
