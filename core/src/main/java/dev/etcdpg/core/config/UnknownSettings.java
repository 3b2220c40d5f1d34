package dev.etcdpg.core.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
            if (!all.contains(name) && !OPEN.matcher(name).matches()) {
                sentences.add("Unknown setting " + name + ", which has no effect."
                        + nearest(name, all)
                                .map(meant -> " Did you mean " + meant + "?")
                                .orElse(""));
            }
        }
        return sentences;
    }

    /** Returns the known name with the fewest differences; empty if all names differ in more than a third of their characters. */
    private static Optional<String> nearest(String name, Set<String> all) {
        return all.stream()
                .filter(one -> distance(name, one) <= Math.max(1, Math.min(name.length(), one.length()) / 3))
                .min(Comparator.comparingInt(one -> distance(name, one)));
    }

    /** Returns the number of characters to insert, delete, replace or exchange with their neighbour. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
