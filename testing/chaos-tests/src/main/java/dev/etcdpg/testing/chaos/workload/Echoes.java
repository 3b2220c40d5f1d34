package dev.etcdpg.testing.chaos.workload;

import java.util.ArrayDeque;
import java.util.Deque;

/** What one side has written for the other to write too. */
public final class Echoes {
    private static final int KEPT = 16;

    /** A key and the value that it was given. */
    record Pair(String key, String value) {}

    private final Deque<Pair> pairs = new ArrayDeque<>();

    synchronized void offer(String key, String value) {
        pairs.addLast(new Pair(key, value));
        if (pairs.size() > KEPT) {
            pairs.removeFirst();
        }
    }

    /** So that nobody writes them again. */
    synchronized void clear() {
        pairs.clear();
    }

    /** The newest, which nobody else gets; or null. */
    synchronized Pair poll() {
        return pairs.pollLast();
    }
}
