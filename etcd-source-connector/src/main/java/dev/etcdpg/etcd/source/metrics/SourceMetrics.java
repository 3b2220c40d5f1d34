package dev.etcdpg.etcd.source.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts the work of a task since its start. Thread-safe. */
public final class SourceMetrics {

    public enum Counter {
        EVENTS,
        SNAPSHOTS_BEGUN,
        SNAPSHOTS_ENDED,
        SNAPSHOT_ROWS,
        PAGES_AT_A_LATER_REVISION,
        ANSWERS,
        HEARTBEATS,
        DEAD_LETTERS,
        COMPACTIONS,
        NEW_EPOCHS,
        WATCHES_REOPENED
    }

    private final LongAdder[] counters = new LongAdder[Counter.values().length];

    public SourceMetrics() {
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new LongAdder();
        }
    }

    public void count(Counter counter) {
        counters[counter.ordinal()].increment();
    }

    public long get(Counter counter) {
        return counters[counter.ordinal()].sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(counter.name().toLowerCase(Locale.ROOT))
                    .append('=')
                    .append(get(counter));
        }
        return text.toString();
    }
}
