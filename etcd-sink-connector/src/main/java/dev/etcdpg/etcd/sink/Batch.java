package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import java.util.List;

/**
 * Records of a topic partition that are passed together.
 *
 * @param writes those that write something to etcd, each to a key of its own
 * @param bad those for the dead letter topic
 * @param answered those of the writes that etcd will never take, for the dead letter topic too if there is one
 * @param after the progress once all of it is done
 * @param end index of the first record not in it
 * @param stop why it ends there
 */
record Batch(List<Item> writes, List<Item.Bad> bad, List<Item.Bad> answered, SinkProgress after, int end, Stop stop) {

    enum Stop {
        /** No more records. */
        END,
        /** As large as it may be, or the next record is of a key that is in it already. */
        FULL,
        /** The record at {@link Batch#end} has a predecessor that never came. */
        LOSS,
        /** The record at {@link Batch#end} should have been passed before: etcd forgot. */
        BEHIND,
        /** The record at {@link Batch#end} asks for a new epoch. */
        NEW_EPOCH
    }

    /** Whether its progress is to be written to etcd; what only moves the offset may be met again after a restart. */
    boolean isWorthWriting() {
        return !writes.isEmpty() || !bad.isEmpty();
    }
}
