package dev.etcdpg.core.config;

import dev.etcdpg.core.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reviews a configuration as a whole. Mistakes become errors of the validation. The rest is logged, because Connect's validation knows no warnings. */
public final class ConfigReview {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReview.class);

    /** Connect's setting of the topics that a sink reads. */
    private static final String TOPICS = "topics";

    private ConfigReview() {}

    /** Returns the setting {@code topics} of a sink; empty if the sink reads topics by a regular expression. */
    public static List<String> topics(Map<String, String> settings) {
        return CommaList.of(settings, TOPICS);
    }

    /** Reviews the configuration of a source. */
    public static void source(ConfigDef definition, Map<String, String> settings, Config report) {
        warn(definition, settings);
        converters(settings, report, false);
    }

    /** Reviews the configuration of a sink that reads topics of this project's sources. */
    public static void sink(ConfigDef definition, Map<String, String> settings, Config report) {
        anySink(definition, settings, report);
        converters(settings, report, true);
    }

    /** Logs the warnings about a configuration. */
    public static void warn(ConfigDef definition, Map<String, String> settings) {
        String name = settings.getOrDefault("name", "");
        warnings(definition, settings).forEach(warning -> LOG.warn("Configuration of {}: {}", name, warning));
    }

    /** Reviews the settings of a sink that do not depend on the records. */
    public static void anySink(ConfigDef definition, Map<String, String> settings, Config report) {
        warn(definition, settings);
        OwnTopics.deadLetterMistake(settings)
                .ifPresent(mistake -> ConfigErrors.addToConnect(report, OwnTopics.DEAD_LETTERS, mistake));
    }

    private static void converters(Map<String, String> settings, Config report, boolean isSink) {
        ConverterRules.keyMistake(settings, isSink)
                .ifPresent(mistake -> ConfigErrors.addToConnect(report, ConverterRules.KEY_CONVERTER, mistake));
        ConverterRules.mistake(settings, isSink)
                .ifPresent(mistake -> ConfigErrors.addToConnect(report, ConverterRules.VALUE_CONVERTER, mistake));
    }

    /**
     * Compares the setting {@code topics} of a sink with the topics of its routes. A topic that looks like the topic of a route and is none
     * becomes an error of the validation.
     *
     * @param prefix the topics of routes are {@code <prefix>.<route>}
     * @param acceptsOthers whether the sink reads other topics too
     */
    public static void sinkTopics(
            Map<String, String> settings, List<Route> routes, String prefix, boolean acceptsOthers, Config report) {
        List<String> topics = topics(settings);
        if (topics.isEmpty()) {
            return; // a regular expression
        }
        List<String> expected =
                routes.stream().map(route -> route.topic(prefix)).toList();
        for (String topic : topics) {
            if (!expected.contains(topic) && (!acceptsOthers || topic.startsWith(prefix + "."))) {
                ConfigErrors.addToConnect(
                        report,
                        TOPICS,
                        "The topic " + topic + " belongs to no route. The topics of the routes are "
                                + String.join(", ", expected) + ". Correct topics, " + TopicConfig.PREFIX
                                + " or the routes.");
            }
        }
        for (String topic : expected) {
            if (!topics.contains(topic)) {
                LOG.warn(
                        "The topic {} of a route is not in the setting topics: the sink does nothing for this route",
                        topic);
            }
        }
    }

    static List<String> warnings(ConfigDef definition, Map<String, String> settings) {
        List<String> warnings = new ArrayList<>(UnknownSettings.sentences(definition.names(), settings.keySet()));
        warnings.addAll(ConverterRules.warnings(settings));
        warnings.addAll(RouteConfig.warnings(settings));
        return warnings;
    }
}
