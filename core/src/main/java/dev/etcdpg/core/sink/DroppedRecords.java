package dev.etcdpg.core.sink;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices topic partitions of which no record reaches a sink. With {@code errors.tolerance=all}, Connect drops a record that a converter refuses,
 * and does not tell the sink. But the offsets that Connect wants to commit move. Heartbeats pass all filters of this project, so a partition that
 * moves without any record is a mistake. Not thread-safe.
 */
public final class DroppedRecords {

    private static final Logger LOG = LoggerFactory.getLogger(DroppedRecords.class);

    /** Commits in a row without a record before a warning. One or two can follow from a seek of the consumer. */
    static final int SILENT_COMMITS = 3;

    private record Position(long offset, int silentCommits) {}

    private final Map<TopicPartition, Position> positions = new HashMap<>();
    private final Set<TopicPartition> received = new HashSet<>();

    /** Must be called with the records of each put. */
    public void received(Collection<SinkRecord> records) {
        for (SinkRecord record : records) {
            received.add(new TopicPartition(record.originalTopic(), record.originalKafkaPartition()));
        }
    }

    /**
     * Must be called at each commit. Warns if a partition has moved in several commits in a row, and none of its records has come.
     *
     * @param offsets the offsets that Connect wants to commit
     */
    public void committing(Map<TopicPartition, OffsetAndMetadata> offsets) {
        positions.keySet().retainAll(offsets.keySet());
        offsets.forEach((partition, offset) -> {
            Position now = next(partition, offset.offset());
            if (now.silentCommits() >= SILENT_COMMITS) {
                warn(partition, now.offset());
                now = new Position(now.offset(), 0);
            }
            positions.put(partition, now);
        });
        received.clear();
    }

    private Position next(TopicPartition partition, long offset) {
        Position before = positions.get(partition);
        if (before == null || received.contains(partition)) {
            return new Position(offset, 0);
        }
        return new Position(offset, before.silentCommits() + (offset > before.offset() ? 1 : 0));
    }

    private static void warn(TopicPartition partition, long offset) {
        LOG.warn(
                "{}: Connect has read records up to offset {}, and none of them has reached the sink. A converter, a transform or a predicate drops"
                        + " them. Compare key.converter and value.converter with those of the source, and look at the connector's dead letter topic."
                        + " errors.log.enable=true logs the reason.",
                partition,
                offset);
    }
}
