package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.ServerException;

/** Tries again what other faults, or a machine with much to do, may have foiled. */
public final class Retry {
    private static final int TRIES = 5;
    private static final long PAUSE_MS = 1_000;

    private Retry() {}

    /** For example: a worker that starts while the broker is away gives up after a while. */
    public static void on(Runnable something) throws InterruptedException {
        for (int i = 1; ; i++) {
            try {
                something.run();
                return;
            } catch (ServerException foiled) {
                if (i == TRIES) {
                    throw foiled;
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }
}
