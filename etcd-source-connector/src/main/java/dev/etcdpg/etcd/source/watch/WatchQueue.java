package dev.etcdpg.etcd.source.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between one watch and the task. A full queue blocks the thread of the watch, so that gRPC's flow control holds etcd back.
 * The queue drops input from older attempts of the watch.
 */
public final class WatchQueue {

    private final int capacity;
    private final Runnable wakeUp;
    private final Deque<WatchInput> inputs = new ArrayDeque<>();
    private int size;
    private long attempt;

    /**
     * @param capacity weight of the events that may wait; one response may exceed it
     * @param wakeUp wakes the thread that polls
     */
    public WatchQueue(int capacity, Runnable wakeUp) {
        this.capacity = capacity;
        this.wakeUp = wakeUp;
    }

    /** Empties the queue. Returns the number of the next attempt, which the attempt passes to {@link #put}. */
    synchronized long begin() {
        attempt++;
        inputs.clear();
        size = 0;
        notifyAll();
        return attempt;
    }

    /**
     * Adds an input. Events wait until the queue has room.
     *
     * @param number the number of the attempt; the input of an older attempt is dropped
     */
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
        wakeUp.run();
    }

    /** Returns the next input, or null. */
    synchronized @Nullable WatchInput poll() {
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
