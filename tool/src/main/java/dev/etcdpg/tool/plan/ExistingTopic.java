package dev.etcdpg.tool.plan;

import java.util.Map;

/**
 * A topic as it is.
 *
 * @param config all settings, also those that the topic has from the brokers
 */
public record ExistingTopic(int partitions, Map<String, String> config) {}
