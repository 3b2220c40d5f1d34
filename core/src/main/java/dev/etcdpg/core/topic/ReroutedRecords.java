package dev.etcdpg.core.topic;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices records that a transform has sent to another topic or partition than the source has chosen. The sinks wait at the chosen topic for ever.
 * This is a warning, because other consumers may read the other topic. Not thread-safe.
 */
final class ReroutedRecords {

    private static final Logger LOG = LoggerFactory.getLogger(ReroutedRecords.class);

    private final RateLimit warnings;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    ReroutedRecords(LongSupplier nanoTime) {
        warnings = new RateLimit(Duration.ofMinutes(1), nanoTime);
    }

    /**
     * Looks at a record that Connect reports as written.
     *
     * @param written the place of the record; null if Connect does not tell
     */
    void look(SourceRecord record, @Nullable RecordMetadata written) {
        if (written == null || isAsChosen(record, written) || !warnings.acquire()) {
            return;
        }
        LOG.warn(
                "A record for {}-{} was written to {}-{}: a transform of this connector (transforms) changes the topic or the partition. The sinks"
                        + " of this project do not find such records. Remove the transform. To choose the topic, set topic.prefix.",
                record.topic(),
                record.kafkaPartition() == null ? "any" : record.kafkaPartition(),
                written.topic(),
                written.partition());
    }

    private static boolean isAsChosen(SourceRecord record, RecordMetadata written) {
        return written.topic().equals(record.topic())
                && (record.kafkaPartition() == null || record.kafkaPartition() == written.partition());
    }
}
