package dev.etcdpg.testing.chaos;

import java.time.Duration;
import java.util.List;

/**
 * The rounds of every build: one of each seed. The seeds are chosen such that together they draw every kind of fault, at every
 * server, link and connector, no request to Connect only when a worker or the broker is away, and that a worker wakes up beside another that
 * has its tasks. Whoever changes what a seed draws looks for others.
 */
public final class ShortRounds {
    /** How long faults begin. */
    public static final Duration FAULTS = Duration.ofSeconds(42);

    public static final List<Long> SEEDS = List.of(116_144L, 128_556L);

    private ShortRounds() {}
}
