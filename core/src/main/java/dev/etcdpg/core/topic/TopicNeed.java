package dev.etcdpg.core.topic;

/**
 * A topic that a connector uses.
 *
 * @param topic name of the topic
 * @param partitions smallest number of partitions that the topic must have, at least 1
 * @param setting setting that names the topic, for messages
 */
public record TopicNeed(String topic, int partitions, String setting) {}
