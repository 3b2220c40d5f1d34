package dev.etcdpg.core.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows. Thread-safe. */
public final class Count {

    private final LongAdder sum = new LongAdder();

    public void increment() {
        sum.increment();
    }

    /** @param count not negative */
    public void add(long count) {
        sum.add(count);
    }

    public long get() {
        return sum.sum();
    }
}
