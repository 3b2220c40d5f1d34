package dev.etcdpg.testing.servers;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for a condition by polling. */
final class Wait {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private Wait() {}

    /**
     * Returns when the condition is true. The condition is evaluated in the caller's thread at least once; its exceptions reach the
     * caller.
     *
     * @param otherwise the exception to throw after {@code atMost}
     */
    static void until(Duration atMost, BooleanSupplier condition, Supplier<? extends RuntimeException> otherwise) {
        try {
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL_INTERVAL)
                    .atMost(atMost)
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException timeout) {
            throw otherwise.get();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception interrupted) { // Awaitility does not declare InterruptedException, but throws it
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while waiting", interrupted);
        }
    }
}
