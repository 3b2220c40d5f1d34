package dev.etcdpg.testing.chaos;

import java.time.Duration;
import java.util.List;

/**
 * The rounds of each build, one for each seed. Together the seeds draw every kind of fault at every server, link and connector. They draw
 * each request to Connect at a time when the workers and the broker run, and they let a worker wake up while another worker has its tasks.
 * A change that makes a seed draw other faults needs new seeds.
 */
public final class ShortRounds {
    /** How long faults can begin. */
    public static final Duration FAULTS = Duration.ofSeconds(42);

    public static final List<Long> SEEDS = List.of(13_402L, 240_597L);

    /** The seed whose stack has TLS, users and roles of least rights. */
    public static final long SECURED = 240_597L;

    private ShortRounds() {}
}
