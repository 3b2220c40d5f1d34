package dev.etcdpg.pg.source;

import dev.etcdpg.core.retry.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds changes that wait for another connector for longer than a minute. Such a connector may not exist: the source then works, and nothing
 * reaches etcd or comes back. Pure: the caller reads and logs. Not thread-safe.
 */
final class OverdueChanges {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final RateLimit checks;
    private Set<WaitingChange> before = Set.of();

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    OverdueChanges(LongSupplier nanoTime) {
        checks = new RateLimit(INTERVAL, nanoTime);
        checks.done();
    }

    /** Returns whether a minute has passed since the last check. */
    boolean isDue() {
        return checks.isPermitted();
    }

    /**
     * Checks the changes that wait now.
     *
     * @return the changes that waited at the previous check too
     */
    List<WaitingChange> check(List<WaitingChange> now) {
        checks.done();
        List<WaitingChange> overdue = now.stream().filter(before::contains).toList();
        before = Set.copyOf(now);
        return overdue;
    }
}
