package dev.etcdpg.testing.chaos.workload;

import java.util.ArrayDeque;
import java.util.Deque;

/** Values that one side wrote and the other side can write too. */
public final class Echoes {
    private static final int KEPT = 16;

    /** A key and its value. */
    record Pair(String key, String value) {}

    private final Deque<Pair> pairs = new ArrayDeque<>();

    synchronized void offer(String key, String value) {
        pairs.addLast(new Pair(key, value));
        if (pairs.size() > KEPT) {
            pairs.removeFirst();
        }
    }

    /** Removes all values, so that no writer writes them again. */
    synchronized void clear() {
        pairs.clear();
    }

    /** Takes the newest value, or returns null. */
    synchronized Pair poll() {
        return pairs.pollLast();
    }
}
