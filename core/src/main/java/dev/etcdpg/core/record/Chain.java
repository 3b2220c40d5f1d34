package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;

/**
 * A record's place among those sent before it in the same topic partition, by the same sender: how a sink notices that some were lost.
 *
 * @param number grows; the time in microseconds, or one more than the last
 * @param previous the number sent before, 0 at the very first
 * @param range whose sender: on the etcd topic the key range of the source's task, on the PostgreSQL topic {@link KeyRange#ALL}
 */
public record Chain(long number, long previous, KeyRange range) {

    /** The year 2200 in microseconds: no sender gets there, and a record that says so is broken. */
    static final long MAX_NUMBER = 7_258_118_400_000_000L;

    public Chain(long number, long previous) {
        this(number, previous, KeyRange.ALL);
    }
}
