package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import java.time.Clock;
import java.util.List;

/**
 * Emits the records of a route: changes of keys, answers, and the control records of each partition. {@link #seal} completes the records of a
 * revision with the new offset. Not thread-safe.
 */
public final class RecordEmitter {

    private final int partitions;
    private final OffsetTracker offsets;
    private final ChainedRecords records;
    private final ChangeRecords changes;
    private final RangeMetrics metrics;

    /**
     * @param offsets tracker that begins with the stored offset
     * @param numbers chain numbers that begin with the numbers of the stored offset
     */
    public RecordEmitter(Scope scope, OffsetTracker offsets, ChainNumbers numbers, Clock clock, RangeMetrics metrics) {
        this.partitions = scope.partitions();
        this.offsets = offsets;
        this.records = new ChainedRecords(scope, offsets, numbers, clock);
        this.changes = new ChangeRecords(scope, offsets, records, metrics);
        this.metrics = metrics;
    }

    /** Sets the cluster id that every record names as its source. */
    public void cluster(String id) {
        records.cluster(id);
    }

    /** Emits an event of the watch, and records it as the last one. */
    public void event(KeyChange change) {
        changes.add(change, 0);
        offsets.deliveredEvent(change);
    }

    /**
     * Emits a row of a snapshot.
     *
     * @param snapshotRevision the revision at which the snapshot read the row
     */
    public void row(KeyChange row, long snapshotRevision) {
        changes.add(row, snapshotRevision);
        offsets.deliveredRow(row);
    }

    /** Emits the etcd sink's answer to a change. */
    public void answer(BookkeepingNotice.Answer answer) {
        int partition = KeyPartitioner.partition(answer.key(), partitions);
        records.add(
                partition,
                new EtcdRecord.Answer(
                        records.chain(partition),
                        answer.key(),
                        records.at(answer.revision()),
                        answer.origin(),
                        answer.of(),
                        answer.outcome(),
                        answer.reason()));
        metrics.count(Counter.ANSWERS);
    }

    /**
     * Emits the manifest of a page to every partition.
     *
     * @param bounds the keys that the page covers
     * @param keys the live keys of each partition
     */
    public void manifests(KeyRange bounds, long revision, List<List<String>> keys) {
        for (int p = 0; p < partitions; p++) {
            records.add(
                    p,
                    new EtcdRecord.Manifest(records.chain(p), bounds, records.at(revision), keys.get(p), partitions));
        }
    }

    /**
     * Emits the end mark of a snapshot to every partition.
     *
     * @param request the highest number of a request that the snapshot answers, 0 for none
     */
    public void ends(KeyRange range, long revision, long request) {
        for (int p = 0; p < partitions; p++) {
            records.add(p, new EtcdRecord.End(records.chain(p), range, records.at(revision), request, partitions));
        }
    }

    /**
     * Emits a heartbeat to every partition.
     *
     * @param revision everything up to and including this revision was delivered
     */
    public void heartbeats(long revision) {
        for (int p = 0; p < partitions; p++) {
            records.add(p, new EtcdRecord.Heartbeat(records.chain(p), records.at(revision)));
        }
        metrics.count(Counter.HEARTBEATS);
    }

    /** Moves the records since the last call into the batch. They carry the offset before them, because more of their revision follows. */
    public void sealPart(PollBatch batch) {
        records.sealPart(batch);
    }

    /** Moves the records since the last call into the batch. The last one carries the current offset. */
    public void seal(PollBatch batch) {
        records.seal(batch);
    }
}
