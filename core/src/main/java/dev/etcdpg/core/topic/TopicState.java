package dev.etcdpg.core.topic;

/** What Kafka says about a topic. */
public sealed interface TopicState {

    /** The topic exists. */
    record Existing(int partitions) implements TopicState {}

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
