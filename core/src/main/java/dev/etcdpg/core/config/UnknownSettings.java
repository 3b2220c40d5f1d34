package dev.etcdpg.core.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds settings that neither a connector nor Connect knows, for example because of a typing error. Connect ignores them, so the default of
 * the meant setting applies without a word.
 */
final class UnknownSettings {

    /** Connect's own settings of a connector. A connector cannot ask for them. */
    private static final Set<String> CONNECT = Set.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "tasks.max.enforce",
            "topics",
            "topics.regex",
            "key.converter",
            "value.converter",
            "header.converter",
            "transforms",
            "predicates",
            "config.action.reload",
            "exactly.once.support",
            "transaction.boundary",
            "transaction.boundary.interval.ms",
            "offsets.storage.topic",
            "errors.retry.timeout",
            "errors.retry.delay.max.ms",
            "errors.tolerance",
            "errors.log.enable",
            "errors.log.include.messages",
            "errors.deadletterqueue.topic.name",
            "errors.deadletterqueue.topic.replication.factor",
            "errors.deadletterqueue.context.headers.enable");

    /** Settings whose names somebody else defines: converters, transforms, groups of topics, Kafka's clients. */
    private static final Pattern OPEN = Pattern.compile(
            "(key\\.converter|value\\.converter|header\\.converter|transforms|predicates|topic\\.creation|producer\\.override|consumer\\.override"
                    + "|admin\\.override|kafka)\\..+");

    /** A setting of a group of topics that Connect creates. */
    private static final Pattern TOPIC_CREATION = Pattern.compile("(topic\\.creation\\.[^.]+\\.)(.+)");

    private UnknownSettings() {}

    /**
     * Returns a sentence about each unknown setting, ordered by name. The sentences contain no values.
     *
     * @param known names of the connector's own settings
     * @param configured names of the settings in a configuration
     */
    static List<String> sentences(Collection<String> known, Collection<String> configured) {
        Set<String> all = new TreeSet<>(known);
        all.addAll(CONNECT);
        List<String> sentences = new ArrayList<>();
        for (String name : new TreeSet<>(configured)) {
            Matcher creation = TOPIC_CREATION.matcher(name);
            if (creation.matches()) {
                if (!TopicSettings.NAMES.contains(creation.group(2))) {
                    sentences.add(sentence(
                            name,
                            NearestName.of(creation.group(2), TopicSettings.NAMES)
                                    .map(meant -> creation.group(1) + meant)));
                }
            } else if (!all.contains(name) && !OPEN.matcher(name).matches()) {
                sentences.add(sentence(name, NearestName.of(name, all)));
            }
        }
        return sentences;
    }

    private static String sentence(String name, Optional<String> meant) {
        return "Unknown setting " + name + ", which has no effect."
                + meant.map(other -> " Did you mean " + other + "?").orElse("");
    }
}
