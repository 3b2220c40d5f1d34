package dev.etcdpg.core.config;

import dev.etcdpg.core.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds a topic that a connector would use for two purposes. Its readers would take records of one kind for records of the other kind. Pure. */
public final class OwnTopics {

    static final String DEAD_LETTERS = "errors.deadletterqueue.topic.name";
    private static final String TOPICS = "topics";
    private static final String TOPICS_REGEX = "topics.regex";

    private OwnTopics() {}

    /**
     * Returns why a further topic of a source cannot have this name; empty if it can.
     *
     * @param setting setting of the further topic
     * @param prefix the topics of routes are {@code <prefix>.<route>}
     */
    public static Optional<String> mistake(String setting, String topic, List<Route> routes, String prefix) {
        return routes.stream()
                .filter(route -> route.topic(prefix).equals(topic))
                .findFirst()
                .map(route -> setting + " is " + topic + ", which is the topic of route " + route.name()
                        + ". Set another topic, or rename the route.");
    }

    /** Returns why a sink cannot have its dead letter topic; empty if it can. The sink would read its own dead letters, and write them again. */
    static Optional<String> deadLetterMistake(Map<String, String> settings) {
        String topic = settings.getOrDefault(DEAD_LETTERS, "").strip();
        if (topic.isEmpty()) {
            return Optional.empty();
        }
        String reads = CommaList.of(settings, TOPICS).contains(topic)
                ? TOPICS
                : matches(settings.getOrDefault(TOPICS_REGEX, ""), topic) ? TOPICS_REGEX : "";
        return reads.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        DEAD_LETTERS + " is " + topic + ", which the sink also reads (" + reads
                                + "). The sink would read its own dead letters, and write them again without end. Set another topic.");
    }

    private static boolean matches(String regex, String topic) {
        try {
            return !regex.isBlank() && Pattern.matches(regex.strip(), topic);
        } catch (PatternSyntaxException e) {
            return false; // Connect refuses it
        }
    }
}
