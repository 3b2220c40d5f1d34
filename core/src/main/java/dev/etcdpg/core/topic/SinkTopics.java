package dev.etcdpg.core.topic;

import dev.etcdpg.core.config.ConfigReview;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices topics of a sink that do not exist. Connect's consumer waits for them without a word. A sink may be created before its source, so a
 * missing topic is a warning, again and again, until the topic exists. Not thread-safe.
 */
public final class SinkTopics {

    private static final Logger LOG = LoggerFactory.getLogger(SinkTopics.class);

    /** Time for the sources to create their topics, and the period of the warnings. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final String NO_MATCH =
            "The task reads no partition. Either no topic matches topics.regex, or tasks.max exceeds the number "
                    + "of partitions. The consumer looks for new topics only every consumer.override.metadata.max.age.ms (5 minutes by default)";

    private final AbstractConfig config;
    private final LongSupplier nanoTime;
    private final List<String> topics;
    private Deadline nextLook;
    private boolean isComplete;
    private boolean isWarned;

    /**
     * @param config settings of a sink with those of {@link KafkaConfig}
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public SinkTopics(AbstractConfig config, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.topics = ConfigReview.topics(config.originalsStrings());
        this.nextLook = Deadline.after(INTERVAL, nanoTime);
    }

    /**
     * Must be called with each put. Looks at the topics after some time, and warns if one does not exist.
     *
     * @param hasPartitions whether Connect has assigned partitions to the task
     */
    public void look(boolean hasPartitions) {
        unmatched(hasPartitions).ifPresent(sentence -> LOG.warn("{}", sentence));
        if (topics.isEmpty() || (isComplete && hasPartitions) || !nextLook.hasPassed()) {
            return;
        }
        try (TopicAdmin admin = TopicAdmin.open(config).orElse(null)) {
            if (admin != null) {
                warn(admin.states(topics));
            } else if (!hasPartitions && !isWarned) {
                isWarned = true;
                LOG.warn(
                        "The task reads no partition. Either the topics {} do not exist, or tasks.max exceeds the number of their "
                                + "partitions. Set {} to let the sink tell these cases apart",
                        topics,
                        KafkaConfig.BOOTSTRAP_SERVERS);
            }
        } catch (KafkaUnavailableException | KafkaException e) {
            LOG.warn("{}", SourceTopics.unavailable(config, e));
        }
        nextLook = Deadline.after(INTERVAL, nanoTime);
    }

    /** Returns a warning if it is time for one: with topics.regex, nobody knows the topics before they exist. */
    Optional<String> unmatched(boolean hasPartitions) {
        if (!topics.isEmpty() || hasPartitions || !nextLook.hasPassed()) {
            return Optional.empty();
        }
        nextLook = Deadline.after(INTERVAL, nanoTime);
        return Optional.of(NO_MATCH);
    }

    private void warn(Map<String, TopicState> states) {
        isComplete = true;
        for (String topic : topics) {
            TopicState state = states.get(topic);
            if (state instanceof TopicState.Absent) {
                isComplete = false;
                LOG.warn(
                        "The topic {} does not exist. The sink waits until somebody creates it. Check the setting topics, and whether the "
                                + "source that writes this topic is running",
                        topic);
            } else if (state instanceof TopicState.Refused refused) {
                LOG.warn("{}", refused.describe(topic));
            }
        }
    }
}
