package dev.etcdpg.testing.chaos;

import java.util.Map;
import java.util.TreeMap;

/** How often what was done. */
final class Counts {
    private final Map<String, Long> counts = new TreeMap<>();

    synchronized void add(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    synchronized Map<String, Long> all() {
        return new TreeMap<>(counts);
    }
}
