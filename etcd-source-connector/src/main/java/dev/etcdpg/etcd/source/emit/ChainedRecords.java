package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.etcd.source.offset.LazyOffsetMap;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.offset.SourcePartition;
import dev.etcdpg.etcd.source.partition.Scope;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;

/**
 * The records of a route since the last {@link #seal}. Each record names its source and the record before it in its partition. Not
 * thread-safe.
 */
final class ChainedRecords {

    private static final SchemaAndValue TOMBSTONE = new SchemaAndValue(null, null);

    private final Scope scope;
    private final OffsetTracker offsets;
    private final ChainNumbers numbers;
    private final Clock clock;
    private final UnsealedRecords records;
    private EtcdRecord.Source source;

    ChainedRecords(Scope scope, OffsetTracker offsets, ChainNumbers numbers, Clock clock) {
        this.scope = scope;
        this.offsets = offsets;
        this.numbers = numbers;
        this.clock = clock;
        this.records = new UnsealedRecords(SourcePartition.of(scope.route().name(), scope.range()), currentOffset());
        this.source = source("");
    }

    /** Sets the cluster id that the next records name. */
    void cluster(String id) {
        source = source(id);
    }

    private EtcdRecord.Source source(String cluster) {
        return new EtcdRecord.Source(scope.route().prefix(), scope.connector(), cluster);
    }

    /** Returns the link of the next record of a partition. */
    Chain chain(int partition) {
        return numbers.next(partition, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()), source);
    }

    /** Returns a revision in the epoch in force. */
    Revision at(long revision) {
        return new Revision(offsets.epoch(), revision);
    }

    /** @param record a record with the link that {@link #chain} returned for this partition */
    void add(int partition, EtcdRecord record) {
        String kind = EtcdRecordCodec.controlKind(record);
        Headers headers = kind == null
                ? null
                : new ConnectHeaders()
                        .addString(EtcdRecordCodec.CONTROL_HEADER, kind)
                        .addInt(EtcdRecordCodec.PARTITION_HEADER, partition);
        records.add(new UnsealedRecords.Draft(
                scope.topic(), partition, record.key(), EtcdRecordCodec.encode(record, null, clock.millis()), headers));
    }

    void addTombstone(int partition, String key) {
        records.add(new UnsealedRecords.Draft(scope.topic(), partition, key, TOMBSTONE, null));
    }

    void addDeadLetter(UnsealedRecords.Draft letter) {
        records.add(letter);
    }

    /** Adds to the weight of the records, which is 1 each. */
    void addWeight(int extra) {
        records.addWeight(extra);
    }

    /** Moves the records since the last call into the batch. They carry the offset of the last {@link #seal}. */
    void sealPart(PollBatch batch) {
        records.sealPart(batch);
    }

    /** Moves the records since the last call into the batch. The last one carries the current offset. */
    void seal(PollBatch batch) {
        if (!records.isEmpty()) {
            records.seal(currentOffset(), batch);
        }
    }

    private Map<String, Object> currentOffset() {
        return new LazyOffsetMap(offsets.offset(numbers.last()));
    }
}
