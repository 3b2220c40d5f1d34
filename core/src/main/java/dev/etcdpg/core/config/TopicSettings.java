package dev.etcdpg.core.config;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.TopicConfig;

/** The settings that can follow {@code topic.creation.<group>.}: Connect's own, and all settings of a topic. */
final class TopicSettings {

    static final Set<String> NAMES = names();

    private TopicSettings() {}

    /** Kafka has a constant for each setting of a topic, and no list of them. */
    private static Set<String> names() {
        Set<String> names = new TreeSet<>(List.of("include", "exclude", "partitions", "replication.factor"));
        for (Field field : TopicConfig.class.getFields()) {
            if (field.getName().endsWith("_CONFIG")) {
                try {
                    names.add(String.valueOf(field.get(null)));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException("a public constant of Kafka is not accessible", e);
                }
            }
        }
        return names;
    }
}
