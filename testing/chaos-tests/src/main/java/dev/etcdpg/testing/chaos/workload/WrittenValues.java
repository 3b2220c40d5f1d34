package dev.etcdpg.testing.chaos.workload;

import java.util.Random;

/**
 * The values of a writer. A value names its writer and is used once for a key, except that writers of different sides sometimes write the
 * same value.
 */
public final class WrittenValues {
    private static final int LARGE = 100_000;

    private final String writer;
    private final Random random;
    private long last;

    /** @param writer a name that no other writer has, in this run or an earlier one */
    WrittenValues(String writer, Random random) {
        this.writer = writer;
        this.random = random;
    }

    String next() {
        return unique() + " " + ".".repeat(random.nextInt(60));
    }

    /** Returns a value of more than 100 kB. */
    String large() {
        return unique() + " " + "x".repeat(LARGE + random.nextInt(LARGE / 10));
    }

    private String unique() {
        return writer + ":" + ++last;
    }
}
