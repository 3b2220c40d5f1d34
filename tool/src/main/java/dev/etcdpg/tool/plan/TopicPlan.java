package dev.etcdpg.tool.plan;

import java.util.Map;

/**
 * A topic as it should be.
 *
 * @param partitions smallest number of partitions
 * @param replicationFactor -1 for the default of the brokers
 * @param config settings of a topic that is created
 */
public record TopicPlan(String name, int partitions, short replicationFactor, Map<String, String> config) {

    public static final String CLEANUP_POLICY = "cleanup.policy";
    public static final String MAX_MESSAGE_BYTES = "max.message.bytes";
}
