package dev.etcdpg.etcd.source.watch;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Between one watch and the task. It is bounded: a full queue blocks the watch's own thread, so that gRPC's flow control and at last etcd
 * hold back. What an older attempt at the watch still says is dropped.
 */
final class WatchQueue {

    private final int capacity;
    private final Signal signal;
    private final Deque<WatchInput> inputs = new ArrayDeque<>();
    private int size;
    private long attempt;

    /** @param capacity weight of events; one response may go beyond it */
    WatchQueue(int capacity, Signal signal) {
        this.capacity = capacity;
        this.signal = signal;
    }

    /** Empties it, and gives the number under which the next attempt puts. */
    synchronized long begin() {
        attempt++;
        inputs.clear();
        size = 0;
        notifyAll();
        return attempt;
    }

    /** Waits while it is full, if the input has events. Does nothing for an older attempt. */
    void put(long number, WatchInput input) throws InterruptedException {
        synchronized (this) {
            if (input instanceof WatchInput.Events events) {
                while (number == attempt && size >= capacity) {
                    wait();
                }
                size += number == attempt ? events.weight() : 0;
            }
            if (number != attempt) {
                return;
            }
            inputs.add(input);
        }
        signal.raise();
    }

    /** The next input, or null. */
    synchronized WatchInput poll() {
        WatchInput input = inputs.poll();
        if (input instanceof WatchInput.Events events) {
            size -= events.weight();
            notifyAll();
        }
        return input;
    }

    synchronized boolean isEmpty() {
        return inputs.isEmpty();
    }
}
