package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import java.util.Arrays;

/** Numbers the records of each partition and links each record to the one before it. Not thread-safe. */
public final class ChainNumbers {

    private final KeyRange range;
    private final long[] last;

    /** @param last the number that was sent last in each partition, 0 for none */
    public ChainNumbers(KeyRange range, long[] last) {
        this.range = range;
        this.last = last.clone();
    }

    /**
     * @param nowMicros the time in microseconds; it keeps numbers growing even if the last numbers were lost
     * @param source the connector that sends the record
     */
    public Chain next(int partition, long nowMicros, EtcdRecord.Source source) {
        long previous = last[partition];
        last[partition] = Math.max(previous + 1, nowMicros);
        return new Chain(last[partition], previous, range, source);
    }

    /** Returns the number that was sent last in each partition, 0 for none. */
    public long[] last() {
        return last.clone();
    }

    @Override
    public String toString() {
        return Arrays.toString(last);
    }
}
