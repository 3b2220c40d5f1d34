package dev.etcdpg.core.topic;

/** What Kafka says about a topic. */
public sealed interface TopicState {

    /**
     * The topic exists.
     *
     * @param cleanupPolicy Kafka's setting cleanup.policy; empty if Kafka does not tell
     * @param maxMessageBytes Kafka's setting max.message.bytes; {@link Long#MAX_VALUE} if Kafka does not tell
     */
    record Existing(int partitions, String cleanupPolicy, long maxMessageBytes) implements TopicState {

        boolean isCompacted() {
            return cleanupPolicy.contains("compact");
        }
    }

    /** The topic does not exist. */
    record Absent() implements TopicState {}

    /**
     * Kafka refuses to say anything about the topic, for example because of a missing right.
     *
     * @param message Kafka's message
     */
    record Refused(String message) implements TopicState {

        /** Returns a sentence about the topic. */
        String describe(String topic) {
            return "Kafka says about the topic " + topic + ": " + message;
        }
    }
}
