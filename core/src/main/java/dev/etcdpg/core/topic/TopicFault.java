package dev.etcdpg.core.topic;

/**
 * A reason why a connector cannot use a topic.
 *
 * @param setting setting that the user can change
 * @param message full sentences: the topic, what was found, what is expected, and what to do
 */
public record TopicFault(String setting, String message) {}
