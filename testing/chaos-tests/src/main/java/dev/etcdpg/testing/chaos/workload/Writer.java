package dev.etcdpg.testing.chaos.workload;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** A thread that makes one transaction after the other until the gate is closed. It continues when its store fails. */
public abstract class Writer implements AutoCloseable {
    private static final Duration AGAIN = Duration.ofMillis(200);

    private final String name;
    private final Gate gate;
    private final List<String> failures;
    private final Random random;
    private final Duration rest;
    private final Thread thread;

    /** @param rest the longest pause between two transactions */
    Writer(String name, Workload.Room room, Random random, Duration rest) {
        this.name = name;
        this.gate = room.gate();
        this.failures = room.failures();
        this.random = random;
        this.rest = rest;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    final void start() {
        gate.enter();
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                if (gate.isClosed()) {
                    release();
                }
                if (!gate.pass()) {
                    return;
                }
                boolean storeIsThere = transaction();
                gate.rest(storeIsThere ? rest.dividedBy(100).multipliedBy(random.nextInt(101)) : AGAIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            // The message can contain a value, so it is not printed.
            failures.add(
                    "the writer " + name + " ended: " + bug.getClass().getName() + " in " + bug.getStackTrace()[0]);
        } finally {
            release();
            gate.leave();
        }
    }

    /**
     * Tries to make a transaction.
     *
     * @return false if the store is away
     */
    abstract boolean transaction();

    /** Closes the connection to the store before a pause. */
    abstract void release();

    final void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public final void close() {
        thread.interrupt();
    }
}
