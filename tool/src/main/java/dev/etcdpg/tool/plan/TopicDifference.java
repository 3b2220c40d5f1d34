package dev.etcdpg.tool.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares a topic with its plan. More partitions than planned, larger messages and another retention are an operator's choice, and stay.
 *
 * @param addsPartitions whether the topic has too few partitions
 * @param config settings to change
 */
public record TopicDifference(TopicPlan plan, boolean exists, boolean addsPartitions, Map<String, String> config) {

    /** @param existing null if the topic does not exist */
    public static TopicDifference of(TopicPlan plan, @Nullable ExistingTopic existing) {
        if (existing == null) {
            return new TopicDifference(plan, false, false, plan.config());
        }
        Map<String, String> changed = new TreeMap<>();
        String policy = plan.config().get(TopicPlan.CLEANUP_POLICY);
        if (policy != null && !policy.equals(existing.config().get(TopicPlan.CLEANUP_POLICY))) {
            changed.put(TopicPlan.CLEANUP_POLICY, policy);
        }
        String bytes = plan.config().get(TopicPlan.MAX_MESSAGE_BYTES);
        if (bytes != null && number(existing.config().get(TopicPlan.MAX_MESSAGE_BYTES)) < number(bytes)) {
            changed.put(TopicPlan.MAX_MESSAGE_BYTES, bytes);
        }
        return new TopicDifference(plan, true, existing.partitions() < plan.partitions(), changed);
    }

    private static long number(@Nullable String value) {
        return value == null ? 0 : Long.parseLong(value);
    }

    /** Returns the difference for people. */
    public Difference difference() {
        List<String> details = new ArrayList<>();
        if (!exists || addsPartitions) {
            details.add("partitions: " + plan.partitions());
        }
        config.forEach((setting, value) -> details.add(setting + ": " + value));
        Difference.Action action = !exists
                ? Difference.Action.CREATE
                : details.isEmpty() ? Difference.Action.NONE : Difference.Action.CHANGE;
        return new Difference(action, Difference.Subject.TOPIC, plan.name(), details);
    }
}
