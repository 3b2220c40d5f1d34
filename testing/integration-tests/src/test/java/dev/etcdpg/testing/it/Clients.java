package dev.etcdpg.testing.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Threads that repeat their task until the clients are closed. */
final class Clients implements AutoCloseable {
    private final AtomicBoolean ending = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<CompletableFuture<Void>> running = new ArrayList<>();

    interface Work {
        void once() throws InterruptedException;
    }

    void again(Work work) {
        running.add(CompletableFuture.runAsync(
                () -> {
                    try {
                        while (!ending.get()) {
                            work.once();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException("interrupted", e);
                    }
                },
                threads));
    }

    /** Throws the failure of a client, if there is one. */
    void check() {
        running.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
    }

    /** Ends all clients, and throws the failure of a client if there is one. */
    @Override
    public void close() {
        ending.set(true);
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } finally {
            threads.shutdown();
        }
    }
}
