package dev.etcdpg.pg.source;

import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Decides which topic partitions need a heartbeat, because they received no record for an interval. Not thread-safe. */
final class HeartbeatSchedule {

    private final Duration interval;
    private final LongSupplier nanoTime;
    private final Map<String, Deadline> next = new HashMap<>();

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    HeartbeatSchedule(Duration interval, LongSupplier nanoTime) {
        this.interval = interval;
        this.nanoTime = nanoTime;
    }

    /** Records that a record goes into the partition now. */
    void sent(String topic, int partition) {
        next.put(topic + "/" + partition, Deadline.after(interval, nanoTime));
    }

    /** Returns true if a heartbeat is due, and begins the next interval. At the first call for a partition, its interval begins now. */
    boolean claim(String topic, int partition) {
        Deadline due = next.get(topic + "/" + partition);
        if (due != null && !due.hasPassed()) {
            return false;
        }
        sent(topic, partition);
        return due != null;
    }
}
