package dev.etcdpg.core.metrics;

import java.util.List;
import java.util.stream.Stream;

/**
 * The declaration of a metric.
 *
 * @param name lower case with hyphens; the name of a counter ends with {@code -total}
 * @param unit for users, for example "ms", "bytes" or "changes"
 * @param meaning full sentences for users
 * @param tags names of the metric's own tags, besides those of the worker
 */
public record Metric(String name, Kind kind, String unit, String meaning, List<String> tags) {

    /** How a metric behaves. */
    public enum Kind {
        /** A number that only grows, from 0 at the start of the task. */
        COUNTER,
        /** A number that can grow and shrink; NaN while it is not known. */
        GAUGE,
        /** Percentiles and the maximum of the last minute; NaN if nothing was measured in that time. */
        DISTRIBUTION
    }

    /** What is shown of a distribution, as a suffix of its name. */
    public enum Statistic {
        P50("p50", 50),
        P95("p95", 95),
        P99("p99", 99),
        MAX("max", 100);

        private final String suffix;
        private final int percent;

        Statistic(String suffix, int percent) {
            this.suffix = suffix;
            this.percent = percent;
        }

        String suffix() {
            return suffix;
        }

        double quantile() {
            return percent / 100.0;
        }
    }

    public Metric {
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*") || (kind == Kind.COUNTER) != name.endsWith("-total")) {
            throw new IllegalArgumentException(name + " is no name of a " + kind);
        }
        tags = List.copyOf(tags);
    }

    /** Returns the names under which the metric is shown: its own, or one for each statistic of a distribution. */
    public List<String> attributes() {
        return kind == Kind.DISTRIBUTION
                ? Stream.of(Statistic.values()).map(this::attribute).toList()
                : List.of(name);
    }

    String attribute(Statistic statistic) {
        return name + "-" + statistic.suffix();
    }
}
