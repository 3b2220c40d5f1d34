package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.ServerException;

/** Repeats an action that other faults, or a busy machine, can prevent. */
public final class Retry {
    private static final int TRIES = 5;
    private static final long PAUSE_MS = 1_000;

    private Retry() {}

    /** A worker that starts while the broker is away, for example, gives up after some time. */
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
