package dev.etcdpg.testing.chaos.history;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Prints and counts the events of a run, with the time since its beginning. Thread-safe. */
public final class Journal {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final Map<String, Long> counts = new TreeMap<>();

    public Journal(PrintStream out) {
        this.out = out;
    }

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    public synchronized void say(String line) {
        Duration elapsed = elapsed();
        out.printf(
                "%3d:%02d.%d  %s%n", elapsed.toMinutes(), elapsed.toSecondsPart(), elapsed.toMillisPart() / 100, line);
    }

    public synchronized void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    public synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
