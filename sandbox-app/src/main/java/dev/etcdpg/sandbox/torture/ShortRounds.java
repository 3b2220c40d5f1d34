package dev.etcdpg.sandbox.torture;

import java.time.Duration;
import java.util.List;

/**
 * The rounds of every build: one of each seed. The seeds are chosen such that together they draw every kind of fault, and every target of
 * those that differ by their target; whoever changes what a seed draws has to look for others.
 */
public final class ShortRounds {
    /** How long faults begin. */
    public static final Duration FAULTS = Duration.ofSeconds(45);

    public static final List<Long> SEEDS = List.of(644L, 1854L);

    private ShortRounds() {}
}
