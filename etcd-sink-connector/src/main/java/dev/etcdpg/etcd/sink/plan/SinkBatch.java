package dev.etcdpg.etcd.sink.plan;

import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Rejected;
import java.util.List;

/**
 * Consecutive records of a topic partition that are passed in one transaction.
 *
 * @param writes instructions that write to etcd, each to a key of its own
 * @param rejected records for the dead letter topic
 * @param impossible changes among {@code writes} that are answered as failed; they go to the dead letter topic too if there is one
 * @param after progress after the batch
 * @param end index of the first record that is not in the batch
 * @param stop why the batch ends there
 */
public record SinkBatch(
        List<SinkInstruction> writes,
        List<Rejected> rejected,
        List<Rejected> impossible,
        SinkProgress after,
        int end,
        Stop stop) {

    /** The reason why a batch ends. */
    public enum Stop {
        /** There are no more records. */
        END,
        /** The batch has reached a limit, or the next record concerns a key that the batch writes already. */
        FULL,
        /** The predecessor of the record at {@link SinkBatch#end} is missing. */
        LOSS,
        /** The consumer group has passed the record at {@link SinkBatch#end} before, and etcd has forgotten that. */
        BEHIND,
        /** The record at {@link SinkBatch#end} comes from a database that another database has superseded. */
        SUPERSEDED,
        /** The record at {@link SinkBatch#end} requests a new epoch. */
        NEW_EPOCH
    }

    /**
     * Returns whether the progress after the batch must be written to etcd. A batch that only moves the offset may be read again after a
     * restart.
     */
    public boolean isWorthWriting() {
        return !writes.isEmpty() || !rejected.isEmpty();
    }
}
