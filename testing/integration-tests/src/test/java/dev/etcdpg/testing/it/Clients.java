package dev.etcdpg.testing.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Many at once, each again and again until all are told to end. */
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

    /** Throws what one of them failed with, if any did. */
    void check() {
        running.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
    }

    /** Ends them all; a failure is thrown. */
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
