package dev.etcdpg.core.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicRulesTest {

    private static final TopicNeed NEED = new TopicNeed("etcd.app", 4, "topic.prefix");
    private static final TopicCreation NONE = new TopicCreation(Map.of());

    private static TopicCreation creating(String partitions, String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("topic.creation.default.partitions", partitions);
        settings.put("topic.creation.default.replication.factor", "-1");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new TopicCreation(settings);
    }

    private static List<TopicFault> faults(TopicState state, TopicCreation creation) {
        return TopicRules.faults(List.of(NEED), Map.of(NEED.topic(), state), creation);
    }

    private static TopicState existing(int partitions) {
        return new TopicState.Existing(partitions, "delete", 16 << 20);
    }

    @Test
    void aCompactedTopicIsRefused() {
        for (String policy : List.of("compact", "compact,delete")) {
            assertThat(faults(new TopicState.Existing(4, policy, 16 << 20), NONE))
                    .singleElement()
                    .satisfies(fault -> {
                        assertThat(fault.setting()).isEqualTo("topic.prefix");
                        assertThat(fault.message())
                                .contains(
                                        "etcd.app has cleanup.policy=" + policy, "--add-config cleanup.policy=delete");
                    });
        }
    }

    @Test
    void aTopicThatCannotTakeTheLargestValuesIsAWarning() {
        assertThat(warnings(1_048_588)).singleElement().satisfies(warning -> assertThat(warning)
                .contains("etcd.app has max.message.bytes=1048588", "max.message.bytes=16777216"));
        assertThat(warnings(2 << 20)).isEmpty();
        assertThat(faults(new TopicState.Existing(4, "delete", 1_048_588), NONE))
                .isEmpty();
        assertThat(TopicRules.warnings(List.of(NEED), Map.of(NEED.topic(), new TopicState.Absent())))
                .isEmpty();
    }

    private static List<String> warnings(long maxMessageBytes) {
        return TopicRules.warnings(
                List.of(NEED), Map.of(NEED.topic(), new TopicState.Existing(4, "delete", maxMessageBytes)));
    }

    @Test
    void aTopicWhoseSettingsAreNotTold() {
        TopicState untold = new TopicState.Existing(4, "", Long.MAX_VALUE);
        assertThat(faults(untold, NONE)).isEmpty();
        assertThat(TopicRules.warnings(List.of(NEED), Map.of(NEED.topic(), untold)))
                .isEmpty();
    }

    @Test
    void aTopicNeedsAtLeastAsManyPartitions() {
        assertThat(faults(existing(4), NONE)).isEmpty();
        assertThat(faults(existing(5), NONE)).isEmpty();
        assertThat(faults(existing(3), creating("4"))).singleElement().satisfies(fault -> {
            assertThat(fault.setting()).isEqualTo("partitions");
            assertThat(fault.message()).contains("etcd.app has 3 partitions, and partitions is 4", "partitions=3");
        });
    }

    @Test
    void anAbsentTopicMustBeCreatable() {
        TopicState absent = new TopicState.Absent();
        assertThat(faults(absent, creating("4"))).isEmpty();
        assertThat(faults(absent, creating("-1")))
                .as("the broker's default is not known")
                .isEmpty();
        assertThat(faults(absent, creating("3"))).singleElement().satisfies(fault -> assertThat(fault.message())
                .contains("topic.creation.default.partitions=4"));
        assertThat(faults(absent, NONE)).singleElement().satisfies(fault -> {
            assertThat(fault.setting()).isEqualTo("topic.prefix");
            assertThat(fault.message()).contains("etcd.app does not exist", "at least 4 partitions");
        });
        assertThat(TopicRules.creatable(List.of(NEED), Map.of(NEED.topic(), absent), creating("4")))
                .containsExactly(new NewTopic("etcd.app", Optional.of(4), Optional.empty()).configs(Map.of()));
        assertThat(TopicRules.creatable(List.of(NEED), Map.of(NEED.topic(), existing(1)), creating("4")))
                .isEmpty();
    }

    @Test
    void aRefusalIsRepeated() {
        assertThat(faults(new TopicState.Refused("not authorized"), creating("4")))
                .singleElement()
                .satisfies(fault ->
                        assertThat(fault.message()).contains("etcd.app").contains("not authorized"));
    }

    @Test
    void aTopicThatLostAPartitionIsNamedOnce() {
        TopicNeed more = new TopicNeed("etcd.app", 5, "topic.prefix");
        assertThat(TopicRules.lost(List.of(NEED, NEED), Map.of("etcd.app", new TopicState.Absent())))
                .singleElement()
                .satisfies(reason -> assertThat(reason).contains("etcd.app does not exist"));
        assertThat(TopicRules.lost(List.of(NEED, more), Map.of("etcd.app", existing(4))))
                .singleElement()
                .satisfies(reason -> assertThat(reason).contains("has 4 partitions", "partition 4"));
        assertThat(TopicRules.lost(List.of(NEED), Map.of("etcd.app", new TopicState.Refused("no right"))))
                .singleElement()
                .satisfies(reason -> assertThat(reason).contains("no right"));
    }

    @Test
    void withoutKafkaOnlyTheSettingsAreJudged() {
        assertThat(TopicRules.withoutKafka(List.of(NEED), NONE)).isEmpty();
        assertThat(TopicRules.withoutKafka(List.of(NEED), creating("4"))).isEmpty();
        assertThat(TopicRules.withoutKafka(List.of(NEED), creating("3"))).hasSize(1);
    }

    @Test
    void theFirstGroupThatIncludesATopicCreatesIt() {
        TopicCreation creation = creating(
                "4",
                "topic.creation.groups",
                "small, wide",
                "topic.creation.default.cleanup.policy",
                "delete",
                "topic.creation.small.include",
                "other.*",
                "topic.creation.small.partitions",
                "1",
                "topic.creation.wide.include",
                "none, etcd\\..*",
                "topic.creation.wide.exclude",
                "etcd\\.not",
                "topic.creation.wide.partitions",
                "9",
                "topic.creation.wide.replication.factor",
                "3");
        NewTopic wide = creation.newTopic("etcd.app").orElseThrow();
        assertThat(wide.numPartitions()).isEqualTo(9);
        assertThat(wide.replicationFactor()).isEqualTo((short) 3);
        assertThat(wide.configs()).containsExactly(Map.entry("cleanup.policy", "delete"));
        assertThat(creation.newTopic("etcd.not").orElseThrow().numPartitions()).isEqualTo(4);
        assertThat(creation.newTopic("other.x").orElseThrow().numPartitions()).isEqualTo(1);
    }
}
