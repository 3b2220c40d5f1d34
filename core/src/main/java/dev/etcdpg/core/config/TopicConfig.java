package dev.etcdpg.core.config;

/** Settings of the topics that a source writes and a sink reads. */
public final class TopicConfig {

    public static final String PREFIX = "topic.prefix";
    public static final String PARTITIONS = "partitions";
    public static final String SEND_TIMEOUT_MS = "send.timeout.ms";

    private TopicConfig() {}

    /** Returns the prefix of the topics that a source writes. */
    public static Setting sourcePrefix(String defaultPrefix) {
        return prefix(defaultPrefix, "The topic of a route is named <topic.prefix>.<route>.")
                .important();
    }

    /**
     * Returns the prefix of the topics that a source writes or a sink reads.
     *
     * @param description full sentences for users
     */
    public static Setting prefix(String defaultPrefix, String description) {
        return Setting.text(PREFIX).orElse(defaultPrefix).nonEmpty().described("Topic prefix", description);
    }

    /**
     * Returns the number of partitions over which a source distributes keys.
     *
     * @param effectOfChange a sentence about a change of the setting
     */
    public static Setting partitions(String effectOfChange) {
        return Setting.integer(PARTITIONS, 1, 10_000)
                .orElse(4)
                .important()
                .described(
                        "Partitions",
                        "Number of partitions of a topic over which the keys of a route are distributed. The topic must have at "
                                + "least as many partitions. " + effectOfChange);
    }

    /** Returns the time after which records that do not reach Kafka fail the task of a source. */
    public static Setting sendTimeout() {
        return Setting.number(SEND_TIMEOUT_MS, 1_000, 86_400_000)
                .orElse(900_000L)
                .minor()
                .described(
                        "Send timeout (ms)",
                        "Time after which the task fails if Kafka acknowledges no record. A task that has failed must be restarted by "
                                + "hand, so the time should exceed the longest outage of Kafka. With "
                                + KafkaConfig.BOOTSTRAP_SERVERS
                                + ", the task fails within half a minute if a topic or a partition does not exist.");
    }
}
