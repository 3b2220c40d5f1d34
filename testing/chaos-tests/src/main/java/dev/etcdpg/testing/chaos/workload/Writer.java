package dev.etcdpg.testing.chaos.workload;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** A thread that makes one transaction after the other until the gate is closed, whatever happens to its store. */
public abstract class Writer implements AutoCloseable {
    private static final Duration AGAIN = Duration.ofMillis(200);

    private final String name;
    private final Gate gate;
    private final List<String> failures;
    private final Random random;
    private final Duration rest;
    private final Thread thread;

    /** @param rest at most that long between two transactions */
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
            // Not its message: it may hold a value.
            failures.add(
                    "the writer " + name + " ended: " + bug.getClass().getName() + " in " + bug.getStackTrace()[0]);
        } finally {
            release();
            gate.leave();
        }
    }

    /**
     * Makes one transaction, or tries to.
     *
     * @return false when the store is away
     */
    abstract boolean transaction();

    /** Lets go of the store, before a pause. */
    abstract void release();

    final void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public final void close() {
        thread.interrupt();
    }
}
