package dev.etcdpg.core.topic;

import dev.etcdpg.core.config.TopicConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/** Judges the topics of a source. Pure. */
public final class TopicRules {

    /** A value of 1.5 MiB, the largest that etcd holds by default, with the other fields of its record and some escaped characters. */
    private static final long LARGE_RECORD = 2 << 20;

    private TopicRules() {}

    /** Judges what can be known without Kafka: whether a topic that the settings create would have enough partitions. */
    public static List<TopicFault> withoutKafka(List<TopicNeed> needs, TopicCreation creation) {
        List<TopicFault> faults = new ArrayList<>();
        for (TopicNeed need : needs) {
            creation.newTopic(need.topic())
                    .map(NewTopic::numPartitions)
                    .filter(created -> created >= 0 && created < need.partitions())
                    .ifPresent(created -> faults.add(new TopicFault(
                            TopicConfig.PARTITIONS,
                            "The settings topic.creation.* create the topic " + need.topic() + " with " + created
                                    + " partitions, and " + TopicConfig.PARTITIONS + " is " + need.partitions()
                                    + ". Set " + TopicCreation.PARTITIONS + "=" + need.partitions() + ".")));
        }
        return faults;
    }

    /**
     * Judges topics that may exist.
     *
     * @param states state of each topic, by its name
     */
    public static List<TopicFault> faults(
            List<TopicNeed> needs, Map<String, TopicState> states, TopicCreation creation) {
        List<TopicFault> faults = new ArrayList<>();
        for (TopicNeed need : needs) {
            TopicState state = states.get(need.topic());
            if (state instanceof TopicState.Existing existing) {
                tooFew(need, existing.partitions()).ifPresent(faults::add);
                if (existing.isCompacted()) {
                    faults.add(new TopicFault(need.setting(), compacted(need, existing)));
                }
            } else if (state instanceof TopicState.Refused refused) {
                faults.add(new TopicFault(need.setting(), refused.describe(need.topic())));
            } else if (creation.newTopic(need.topic()).isEmpty()) {
                faults.add(new TopicFault(need.setting(), missing(need)));
            } else {
                faults.addAll(withoutKafka(List.of(need), creation));
            }
        }
        return faults;
    }

    /**
     * Judges topics to which records could not be written.
     *
     * @param needs the topic of each record, with the number of partitions that the record needs
     */
    static List<String> lost(List<TopicNeed> needs, Map<String, TopicState> states) {
        List<String> reasons = new ArrayList<>();
        for (TopicNeed need : needs) {
            TopicState state = states.get(need.topic());
            if (state instanceof TopicState.Absent) {
                reasons.add("The topic " + need.topic()
                        + " does not exist any more. Restart the task: it looks at its topics again.");
            } else if (state instanceof TopicState.Existing existing && existing.partitions() < need.partitions()) {
                reasons.add("The topic " + need.topic() + " has " + existing.partitions()
                        + " partitions, and a record must go to partition " + (need.partitions() - 1)
                        + ". Add partitions, then restart the task.");
            } else if (state instanceof TopicState.Refused refused) {
                reasons.add(refused.describe(need.topic()));
            }
        }
        return reasons.stream().distinct().toList();
    }

    /** Returns a sentence about each topic that exists and cannot take all records. */
    static List<String> warnings(List<TopicNeed> needs, Map<String, TopicState> states) {
        List<String> warnings = new ArrayList<>();
        for (TopicNeed need : needs) {
            if (states.get(need.topic()) instanceof TopicState.Existing existing
                    && existing.maxMessageBytes() < LARGE_RECORD) {
                warnings.add("The topic " + need.topic() + " has max.message.bytes=" + existing.maxMessageBytes()
                        + ". The task fails when a larger record comes, and values can have 1.5 MiB and more. Set "
                        + "max.message.bytes=16777216 (kafka-configs --alter --topic " + need.topic()
                        + " --add-config max.message.bytes=16777216).");
            }
        }
        return warnings;
    }

    private static String compacted(TopicNeed need, TopicState.Existing existing) {
        return "The topic " + need.topic() + " has cleanup.policy=" + existing.cleanupPolicy()
                + ", but compaction drops records that are still needed. Set cleanup.policy=delete (kafka-configs --alter --topic "
                + need.topic() + " --add-config cleanup.policy=delete).";
    }

    /** Returns the topics that do not exist and can be created. */
    static List<NewTopic> creatable(List<TopicNeed> needs, Map<String, TopicState> states, TopicCreation creation) {
        return needs.stream()
                .filter(need -> states.get(need.topic()) instanceof TopicState.Absent)
                .flatMap(need -> creation.newTopic(need.topic()).stream())
                .toList();
    }

    private static Optional<TopicFault> tooFew(TopicNeed need, int partitions) {
        if (partitions >= need.partitions()) {
            return Optional.empty();
        }
        return Optional.of(new TopicFault(
                TopicConfig.PARTITIONS,
                "The topic " + need.topic() + " has " + partitions + " partitions, and " + TopicConfig.PARTITIONS
                        + " is "
                        + need.partitions() + ". Add partitions (kafka-topics --alter --topic " + need.topic()
                        + " --partitions " + need.partitions() + "), or set " + TopicConfig.PARTITIONS + "="
                        + partitions
                        + "."));
    }

    private static String missing(TopicNeed need) {
        return "The topic " + need.topic()
                + " does not exist, and the connector has no settings to create it. Create the topic with at least "
                + need.partitions() + " partitions, or set " + TopicCreation.PARTITIONS + " and "
                + TopicCreation.REPLICATION + ".";
    }
}
