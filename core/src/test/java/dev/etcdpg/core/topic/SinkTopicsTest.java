package dev.etcdpg.core.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.config.KafkaConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SinkTopicsTest {

    private final AtomicLong now = new AtomicLong();

    private SinkTopics topics(Map<String, String> settings) {
        return new SinkTopics(new AbstractConfig(KafkaConfig.define(new ConfigDef()), settings, false), now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void aPatternThatMatchesNoTopicIsAWarningAgainAndAgain() {
        SinkTopics topics = topics(Map.of("topics.regex", "etcd\\..*"));
        assertThat(topics.unmatched(false)).as("sources need time").isEmpty();
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(31));
            assertThat(topics.unmatched(false)).hasValueSatisfying(sentence -> assertThat(sentence)
                    .contains("topics.regex", "metadata.max.age.ms"));
            assertThat(topics.unmatched(false)).isEmpty();
        }
    }

    @Test
    void aTaskWithPartitionsIsNotWarnedOf() {
        SinkTopics pattern = topics(Map.of("topics.regex", "etcd\\..*"));
        SinkTopics named = topics(Map.of("topics", "etcd.etcd"));
        pass(Duration.ofSeconds(31));
        assertThat(pattern.unmatched(true)).isEmpty();
        assertThat(named.unmatched(false)).isEmpty();
    }
}
