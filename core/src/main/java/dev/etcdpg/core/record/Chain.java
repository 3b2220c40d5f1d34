package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;

/**
 * A record's link to the previous record of the same sender in the same topic partition. A sink detects lost records by a broken link.
 *
 * @param number grows with each record: the time in microseconds, or one more than the last number
 * @param previous number of the previous record; 0 for the first record
 * @param range key range of the sender: on etcd topics the range of the source's task, on PostgreSQL topics {@link KeyRange#ALL}
 * @param source connector that sends the record on etcd topics; {@link EtcdRecord.Source#NONE} on PostgreSQL topics
 */
public record Chain(long number, long previous, KeyRange range, EtcdRecord.Source source) {

    /** The year 2200 in microseconds. No sender reaches this number; a record with a higher one is broken. */
    static final long MAX_NUMBER = 7_258_118_400_000_000L;

    public Chain(long number, long previous) {
        this(number, previous, KeyRange.ALL, EtcdRecord.Source.NONE);
    }
}
