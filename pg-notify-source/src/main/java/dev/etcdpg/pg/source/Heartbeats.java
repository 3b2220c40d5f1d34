package dev.etcdpg.pg.source;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Which partitions have been quiet for long. Not thread-safe. */
final class Heartbeats {

    private final Duration interval;
    private final Map<String, Instant> last = new HashMap<>();

    Heartbeats(Duration interval) {
        this.interval = interval;
    }

    /** A record goes into the partition now. */
    void sent(String topic, int partition, Instant now) {
        last.put(topic + "/" + partition, now);
    }

    /** Whether nothing went there for the interval. A partition seen for the first time counts as just sent to. */
    boolean isDue(String topic, int partition, Instant now) {
        Instant before = last.putIfAbsent(topic + "/" + partition, now);
        return before != null && !now.isBefore(before.plus(interval));
    }
}
