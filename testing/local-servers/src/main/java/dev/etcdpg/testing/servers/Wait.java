package dev.etcdpg.testing.servers;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition that nobody announces. */
final class Wait {
    private static final long POLL_MS = 20;

    private Wait() {}

    static void until(Duration atMost, BooleanSupplier condition, Supplier<? extends RuntimeException> otherwise) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw otherwise.get();
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServerException("interrupted while waiting", e);
            }
        }
    }
}
