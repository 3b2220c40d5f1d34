package dev.etcdpg.etcd.source.watch;

import java.util.concurrent.TimeUnit;

/** Wakes the one thread that polls. Nothing raised between looking and waiting is missed. */
public final class Signal {

    private long raised;

    /** To be read before looking for work. */
    public synchronized long seen() {
        return raised;
    }

    public synchronized void raise() {
        raised++;
        notifyAll();
    }

    /** Waits until it is raised after {@code seen} was read, at most so long. */
    public synchronized void await(long seen, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        while (raised == seen) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
