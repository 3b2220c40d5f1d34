package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds in each topic partition a key whose records have waited for long. Observes one key of a partition at a time, until the key waits no more:
 * a key that waits for ever is observed soon, because the others go. Not thread-safe.
 */
final class LongWaits {

    private record Observed(String key, Deadline longWait) {}

    private final Duration longWait;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Observed> observed = new HashMap<>();

    /**
     * @param longWait time after which a wait is long
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    LongWaits(Duration longWait, LongSupplier nanoTime) {
        this.longWait = longWait;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the observed key of the partition if it has waited for long.
     *
     * @param first a key that waits, preferably the one that has waited longest; empty if no key waits
     * @param waits tells whether a key waits
     */
    Optional<String> find(TopicPartition partition, Optional<String> first, Predicate<String> waits) {
        Observed now = observed.get(partition);
        if (now != null && waits.test(now.key())) {
            return now.longWait().hasPassed() ? Optional.of(now.key()) : Optional.empty();
        }
        first.ifPresentOrElse(
                key -> observed.put(partition, new Observed(key, Deadline.after(longWait, nanoTime))),
                () -> observed.remove(partition));
        return Optional.empty();
    }
}
