package dev.etcdpg.testing.chaos.history;

import java.util.Map;
import java.util.TreeMap;

/** Counts of operations by kind. */
public final class Counts {
    private final Map<String, Long> counts = new TreeMap<>();

    public synchronized void add(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    public synchronized Map<String, Long> all() {
        return new TreeMap<>(counts);
    }
}
