package dev.etcdpg.pg.source;

import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Knows through which number all conflicts are in the conflicts topic. With exactly-once delivery, Connect acknowledges a record when its
 * transaction is committed. Thread-safe.
 */
final class PublishedConflicts {

    private final String topic;
    private final TreeSet<Long> waiting = new TreeSet<>();
    private long acknowledged;

    /** @param topic the conflicts topic */
    PublishedConflicts(String topic) {
        this.topic = topic;
    }

    /** Takes the records that a poll returns. */
    synchronized void sent(List<SourceRecord> records) {
        records.stream()
                .filter(this::isConflict)
                .map(PublishedConflicts::number)
                .forEach(waiting::add);
    }

    /** Takes a record that Kafka has acknowledged, or that a transform has dropped. */
    synchronized void acknowledged(SourceRecord record) {
        if (isConflict(record)) {
            waiting.remove(number(record));
            acknowledged = Math.max(acknowledged, number(record));
        }
    }

    /** Returns the number through which all conflicts are published; 0 if it is not known. */
    synchronized long through() {
        return waiting.isEmpty() ? acknowledged : Math.min(acknowledged, waiting.first() - 1);
    }

    private boolean isConflict(SourceRecord record) {
        return topic.equals(record.topic());
    }

    /** The offset of a record is its own number. */
    private static long number(SourceRecord record) {
        return SendOffset.of(record.sourceOffset()).number();
    }
}
