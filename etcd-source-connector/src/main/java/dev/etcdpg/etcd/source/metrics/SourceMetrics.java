package dev.etcdpg.etcd.source.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What a task has done since it was started. Written by the task, read by whoever shows it. */
public final class SourceMetrics {

    /** Things that are counted. */
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
        count(counter, 1);
    }

    public void count(Counter counter, long times) {
        counters[counter.ordinal()].add(times);
    }

    public long get(Counter counter) {
        return counters[counter.ordinal()].sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(counter.name().toLowerCase(java.util.Locale.ROOT))
                    .append('=')
                    .append(get(counter));
        }
        return text.toString();
    }
}
