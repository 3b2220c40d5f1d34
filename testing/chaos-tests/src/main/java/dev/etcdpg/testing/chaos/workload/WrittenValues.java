package dev.etcdpg.testing.chaos.workload;

import java.util.Random;

/**
 * The values that a writer writes: each says who wrote it, and is used once for a key, except that two writers of different sides
 * sometimes write the same.
 */
public final class WrittenValues {
    private static final int LARGE = 100_000;

    private final String writer;
    private final Random random;
    private long last;

    /** @param writer different from all others, also from those of earlier runs */
    WrittenValues(String writer, Random random) {
        this.writer = writer;
        this.random = random;
    }

    String next() {
        return unique() + " " + ".".repeat(random.nextInt(60));
    }

    /** More than 100 kB. */
    String large() {
        return unique() + " " + "x".repeat(LARGE + random.nextInt(LARGE / 10));
    }

    private String unique() {
        return writer + ":" + ++last;
    }
}
