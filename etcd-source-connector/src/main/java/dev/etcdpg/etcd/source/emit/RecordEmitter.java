package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.LazyOffsetMap;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.offset.SourcePartition;
import dev.etcdpg.etcd.source.partition.RecordKey;
import dev.etcdpg.etcd.source.partition.Scope;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;

/**
 * Turns events and snapshot rows into records. Each record goes to its partition and names the record before it. {@link #seal} completes the
 * records of a revision with the new offset. Not thread-safe.
 */
public final class RecordEmitter {

    private static final SchemaAndValue TOMBSTONE = new SchemaAndValue(null, null);

    private final Scope scope;
    private final OffsetTracker offsets;
    private final ChainNumbers numbers;
    private final Clock clock;
    private final SourceMetrics metrics;
    private final UnsealedRecords records;
    private String cluster = "";

    /**
     * @param offsets tracker that begins with the stored offset
     * @param numbers chain numbers that begin with the numbers of the stored offset
     */
    public RecordEmitter(Scope scope, OffsetTracker offsets, ChainNumbers numbers, Clock clock, SourceMetrics metrics) {
        this.scope = scope;
        this.offsets = offsets;
        this.numbers = numbers;
        this.clock = clock;
        this.metrics = metrics;
        this.records = new UnsealedRecords(SourcePartition.of(scope.route().name(), scope.range()), currentOffset());
    }

    /** Sets the cluster id that every event names as its source. */
    public void cluster(String id) {
        cluster = id;
    }

    /** Emits an event of the watch. */
    public void event(KeyChange change) {
        change(change, 0);
    }

    /**
     * Emits a row of a snapshot.
     *
     * @param snapshotRevision the revision at which the snapshot read the row
     */
    public void row(KeyChange row, long snapshotRevision) {
        change(row, snapshotRevision);
    }

    private void change(KeyChange change, long snapshot) {
        records.addWeight(change.weight() - 1);
        Optional<String> key = RecordKey.text(change.key());
        if (key.isEmpty()) {
            deadLetter(change, RecordKey.refusal(change.key()), snapshot);
        } else if (change.isDelete()) {
            delete(key.get(), change, snapshot);
        } else {
            Utf8.strict(change.requireValue())
                    .ifPresentOrElse(
                            value -> put(key.get(), value, change, snapshot),
                            () -> unrepresentable(key.get(), change, snapshot));
        }
    }

    private void put(String key, String value, KeyChange change, long snapshot) {
        EtcdRecord.Row row = new EtcdRecord.Row(
                key, value, change.createRevision(), change.modRevision(), change.version(), change.lease());
        int partition = partition(change.key());
        add(partition, new EtcdRecord.Event(chain(partition), key, row, at(change), snapshot, source()));
        metrics.count(snapshot == 0 ? Counter.EVENTS : Counter.SNAPSHOT_ROWS);
    }

    private void delete(String key, KeyChange change, long snapshot) {
        int partition = partition(change.key());
        add(partition, new EtcdRecord.Event(chain(partition), key, null, at(change), snapshot, source()));
        metrics.count(snapshot == 0 ? Counter.EVENTS : Counter.SNAPSHOT_ROWS);
        if (scope.tombstones()) {
            records.add(new UnsealedRecords.Draft(scope.topic(), partition, key, TOMBSTONE, null));
        }
    }

    /**
     * Emits a key whose value PostgreSQL cannot hold. The dead letter contains the value; the record tells the sink that the key has such a
     * value.
     */
    private void unrepresentable(String key, KeyChange change, long snapshot) {
        String reason = SourceDeadLetter.VALUE_NOT_TEXT;
        deadLetter(change, reason, snapshot);
        int partition = partition(change.key());
        add(
                partition,
                new EtcdRecord.Unrepresentable(chain(partition), key, at(change), snapshot, change.lease(), reason));
    }

    private void deadLetter(KeyChange change, String reason, long snapshot) {
        if (snapshot == 0 || offsets.isUnreported(change.modRevision())) {
            records.add(SourceDeadLetter.of(scope.deadLetterTopic(), scope.route(), change, offsets.epoch(), reason));
            metrics.count(Counter.DEAD_LETTERS);
        }
    }

    /** Emits the etcd sink's answer to a change. */
    public void answer(BookkeepingNotice.Answer answer) {
        int partition = KeyPartitioner.partition(answer.key(), scope.partitions());
        add(
                partition,
                new EtcdRecord.Answer(
                        chain(partition),
                        answer.key(),
                        at(answer.revision()),
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
        for (int p = 0; p < scope.partitions(); p++) {
            add(p, new EtcdRecord.Manifest(chain(p), bounds, at(revision), keys.get(p), scope.partitions()));
        }
    }

    /**
     * Emits the end mark of a snapshot to every partition.
     *
     * @param request the highest number of a request that the snapshot answers, 0 for none
     */
    public void ends(KeyRange range, long revision, long request) {
        for (int p = 0; p < scope.partitions(); p++) {
            add(p, new EtcdRecord.End(chain(p), range, at(revision), request, scope.partitions()));
        }
    }

    /**
     * Emits a heartbeat to every partition.
     *
     * @param revision everything up to and including this revision was delivered
     */
    public void heartbeats(long revision) {
        for (int p = 0; p < scope.partitions(); p++) {
            add(p, new EtcdRecord.Heartbeat(chain(p), at(revision)));
        }
        metrics.count(Counter.HEARTBEATS);
    }

    /** Moves the records since the last call into the batch. The last one carries the current offset. */
    public void seal(PollBatch batch) {
        if (!records.isEmpty()) {
            records.seal(currentOffset(), batch);
        }
    }

    private Map<String, Object> currentOffset() {
        return new LazyOffsetMap(offsets.offset(numbers.last()));
    }

    private void add(int partition, EtcdRecord record) {
        String kind = EtcdRecordCodec.controlKind(record);
        Headers headers = kind == null
                ? null
                : new ConnectHeaders()
                        .addString(EtcdRecordCodec.CONTROL_HEADER, kind)
                        .addInt(EtcdRecordCodec.PARTITION_HEADER, partition);
        records.add(new UnsealedRecords.Draft(
                scope.topic(), partition, record.key(), EtcdRecordCodec.encode(record, null, clock.millis()), headers));
    }

    private EtcdRecord.Source source() {
        return new EtcdRecord.Source(scope.connector(), cluster);
    }

    private Revision at(KeyChange change) {
        return at(change.modRevision());
    }

    private Revision at(long revision) {
        return new Revision(offsets.epoch(), revision);
    }

    private int partition(byte[] key) {
        return KeyPartitioner.partition(key, scope.partitions());
    }

    private Chain chain(int partition) {
        return numbers.next(partition, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
    }
}
