package dev.etcdpg.testing.chaos;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Prints what happens with the time since the beginning, and counts it. Thread-safe. */
final class Journal {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final Map<String, Long> counts = new TreeMap<>();

    Journal(PrintStream out) {
        this.out = out;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    synchronized void say(String line) {
        Duration elapsed = elapsed();
        out.printf(
                "%3d:%02d.%d  %s%n", elapsed.toMinutes(), elapsed.toSecondsPart(), elapsed.toMillisPart() / 100, line);
    }

    synchronized void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
