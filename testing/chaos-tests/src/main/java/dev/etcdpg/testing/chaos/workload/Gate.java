package dev.etcdpg.testing.chaos.workload;

import java.time.Duration;

/** The place where writers wait while the workload pauses. */
public final class Gate {
    private boolean closed;
    private boolean ended;
    private int writers;
    private int waiting;

    synchronized void enter() {
        writers++;
        notifyAll();
    }

    synchronized void leave() {
        writers--;
        notifyAll();
    }

    /** Whether the next {@link #pass} would wait, or the run has ended. */
    synchronized boolean isClosed() {
        return closed || ended;
    }

    /**
     * Lets a writer without an open transaction pass.
     *
     * @return false if the run has ended
     */
    synchronized boolean pass() throws InterruptedException {
        waiting++;
        notifyAll();
        while (closed && !ended) {
            wait();
        }
        waiting--;
        return !ended;
    }

    /** Pauses a writer between two transactions. The pause ends early when the gate is closed. */
    synchronized void rest(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); left > 0 && !closed && !ended; left = end - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    /** Waits until every writer waits. */
    synchronized void close() throws InterruptedException {
        closed = true;
        notifyAll();
        while (waiting < writers) {
            wait();
        }
    }

    synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** Ends the run for all writers. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
