package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.stack.Stack;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Undoes the remains of faults: servers that are down, broken links, paused connectors. */
public final class Recovery {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final long POLL_MS = 200;
    private static final long TEND_MS = 1_000;

    private final Stack stack;
    private final Links links;
    private final Operator operator;

    public Recovery(Stack stack, Links links, Operator operator) {
        this.stack = stack;
        this.links = links;
        this.operator = operator;
    }

    /**
     * Heals the system. Returns when all connectors are RUNNING, when one has failed, or after {@link #PATIENCE}. The checker finds the
     * difference.
     */
    public void heal() throws InterruptedException {
        operator.beginRound();
        links.heal();
        for (LocalServer server : stack.servers()) {
            if (server.isStopped()) {
                server.cont();
            }
            Retry.on(server::start);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!operator.look() && System.nanoTime() < end) {
            Thread.sleep(POLL_MS);
        }
    }

    /**
     * Tends the connectors in this thread while a task runs in another. Connect can carry out a request without an answer much later: one stop
     * took effect 26 s after it was sent, when all connectors were RUNNING again.
     */
    public <T> T tendWhile(ExecutorService threads, Supplier<T> something) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Future<?> tending = threads.submit(() -> {
            while (!over.get()) {
                operator.look();
                Thread.sleep(TEND_MS);
            }
            return null;
        });
        try {
            return something.get();
        } finally {
            over.set(true);
            await(tending);
        }
    }

    private static void await(Future<?> tending) throws InterruptedException {
        try {
            tending.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connectors could not be looked after", e.getCause());
        }
    }
}
