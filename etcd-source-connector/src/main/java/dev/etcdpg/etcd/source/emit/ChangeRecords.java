package dev.etcdpg.etcd.source.emit;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.RecordKey;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.partition.Scope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes of keys into records. A key or a value that PostgreSQL cannot hold goes to the dead letter topic. Not thread-safe.
 */
final class ChangeRecords {

    private final Scope scope;
    private final OffsetTracker offsets;
    private final ChainedRecords records;
    private final RangeMetrics metrics;

    ChangeRecords(Scope scope, OffsetTracker offsets, ChainedRecords records, RangeMetrics metrics) {
        this.scope = scope;
        this.offsets = offsets;
        this.records = records;
        this.metrics = metrics;
    }

    /** @param snapshot the revision at which a snapshot read the key; 0 for an event of the watch */
    void add(KeyChange change, long snapshot) {
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
        event(
                key,
                new EtcdRecord.Row(
                        key, value, change.createRevision(), change.modRevision(), change.version(), change.lease()),
                change,
                snapshot);
    }

    private void delete(String key, KeyChange change, long snapshot) {
        event(key, null, change, snapshot);
        if (scope.tombstones()) {
            records.addTombstone(partition(change), key);
        }
    }

    private void event(String key, EtcdRecord.@Nullable Row after, KeyChange change, long snapshot) {
        int partition = partition(change);
        records.add(partition, new EtcdRecord.Event(records.chain(partition), key, after, at(change), snapshot));
        if (snapshot == 0) {
            metrics.event(change.isDelete(), change.bytes());
        } else {
            metrics.count(Counter.SNAPSHOT_ROWS);
        }
    }

    /** The dead letter contains the value; the record tells the sink that the key has such a value. */
    private void unrepresentable(String key, KeyChange change, long snapshot) {
        String reason = SourceDeadLetter.VALUE_NOT_TEXT;
        deadLetter(change, reason, snapshot);
        int partition = partition(change);
        records.add(
                partition,
                new EtcdRecord.Unrepresentable(
                        records.chain(partition), key, at(change), snapshot, change.lease(), reason));
    }

    private void deadLetter(KeyChange change, String reason, long snapshot) {
        if (snapshot == 0 || offsets.isUnreported(change.modRevision())) {
            records.addDeadLetter(
                    SourceDeadLetter.of(scope.deadLetterTopic(), scope.route(), change, offsets.epoch(), reason));
            metrics.count(Counter.DEAD_LETTERS);
            LogEvent.of("dead-letter")
                    .route(scope.route().name())
                    .key(RecordKey.text(change.key()).orElse(null))
                    .revision(at(change))
                    .with("topic", scope.deadLetterTopic())
                    .cause(reason)
                    .warn();
        }
    }

    private Revision at(KeyChange change) {
        return records.at(change.modRevision());
    }

    private int partition(KeyChange change) {
        return KeyPartitioner.partition(change.key(), scope.partitions());
    }
}
