package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.SandboxException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Repeats a request until a server that was away answers it. */
final class ServerWait {
    /** How long a server may be away. */
    static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration AGAIN = Duration.ofMillis(200);

    private ServerWait() {}

    /**
     * Waits until a condition is true. A failure of etcd or PostgreSQL counts as false.
     *
     * @param what names the condition in the message of a failure
     */
    static void until(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Exception last = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (IOException | SQLException serverIsAway) {
                last = serverIsAway;
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new SandboxException("the workload cannot go on: " + e.getMessage(), e);
            }
            if (System.nanoTime() > end) {
                throw new SandboxException("not within " + PATIENCE.toSeconds() + " s: " + what, last);
            }
            try {
                Thread.sleep(AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SandboxException("interrupted while waiting for " + what, e);
            }
        }
    }
}
