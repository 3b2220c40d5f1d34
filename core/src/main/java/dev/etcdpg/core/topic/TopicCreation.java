package dev.etcdpg.core.topic;

import dev.etcdpg.core.config.CommaList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;

/** The meaning of a source's settings {@code topic.creation.*}, with which Connect creates topics that do not exist. */
public final class TopicCreation {

    /** Connect creates topics only if this setting is set. */
    static final String PARTITIONS = "topic.creation.default.partitions";

    static final String REPLICATION = "topic.creation.default.replication.factor";

    private static final String PREFIX = "topic.creation.";
    private static final String DEFAULT = "default";

    private final Map<String, String> settings;

    /** @param settings all settings of the connector */
    public TopicCreation(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Returns the topic that Connect would create; empty if Connect creates none. Partitions and replicas are absent for the broker's default. */
    public Optional<NewTopic> newTopic(String topic) {
        if (!settings.containsKey(PARTITIONS) || !settings.containsKey(REPLICATION)) {
            return Optional.empty();
        }
        String group = CommaList.of(settings, "topic.creation.groups").stream()
                .filter(name -> matches(name, "include", topic) && !matches(name, "exclude", topic))
                .findFirst()
                .orElse(DEFAULT);
        Map<String, String> all = new HashMap<>(ofGroup(DEFAULT));
        all.putAll(ofGroup(group));
        Optional<Integer> partitions = number(all.getOrDefault("partitions", "-1"));
        Optional<Short> replicas =
                number(all.getOrDefault("replication.factor", "-1")).map(Integer::shortValue);
        List.of("partitions", "replication.factor", "include", "exclude").forEach(all::remove);
        return Optional.of(new NewTopic(topic, partitions, replicas).configs(all));
    }

    private Map<String, String> ofGroup(String group) {
        String prefix = PREFIX + group + ".";
        Map<String, String> found = new HashMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private boolean matches(String group, String what, String topic) {
        return CommaList.of(settings, PREFIX + group + "." + what).stream()
                .anyMatch(regex -> Pattern.compile(regex).matcher(topic).matches());
    }

    /** Reads a number; Connect's -1 means the broker's default. Connect has validated the numbers. */
    private static Optional<Integer> number(String text) {
        int number = Integer.parseInt(text.strip());
        return number < 0 ? Optional.empty() : Optional.of(number);
    }
}
