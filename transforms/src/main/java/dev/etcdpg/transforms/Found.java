package dev.etcdpg.transforms;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.SchemaAndValue;

/** What a record says of a key, with the memory that it is to be compared with. */
interface Found {

    /** False for what always passes: a snapshot may have to correct what passed before. */
    boolean mayBeStale();

    boolean isStale(TopicPartition partition, long offset);

    void passed(TopicPartition partition, long offset);

    /** The heartbeat that keeps the record's place in the chain. */
    SchemaAndValue emptied();

    /** @param <V> a revision or a number */
    record Of<V extends Comparable<V>>(
            Highest<V> highest, Highest.Subject subject, V value, boolean mayBeStale, SchemaAndValue emptied)
            implements Found {

        @Override
        public boolean isStale(TopicPartition partition, long offset) {
            return highest.isStale(subject, value, partition, offset);
        }

        @Override
        public void passed(TopicPartition partition, long offset) {
            highest.passed(subject, value, partition, offset);
        }

        @Override
        public String toString() {
            return "\"" + subject.key() + "\" at " + value;
        }
    }
}
