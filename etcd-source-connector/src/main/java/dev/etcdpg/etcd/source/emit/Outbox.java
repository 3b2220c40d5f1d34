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
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.Page;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Makes records of what a reader delivers: each in its partition, chained to the one before. Records are gathered until {@link #seal}: only
 * the last then carries the new offset, so that no offset points into the middle of a revision. Not thread-safe.
 */
public final class Outbox {

    private final Scope scope;
    private final Map<String, String> sourcePartition;
    private final OffsetBook offsets;
    private final ChainNumbers numbers;
    private final Clock clock;
    private final SourceMetrics metrics;
    private final List<Function<Map<String, Object>, SourceRecord>> open = new ArrayList<>();
    private int extra;
    private Map<String, Object> offset;
    private String cluster = "";

    /** @param offsets begin with the offset that was stored last */
    public Outbox(
            Scope scope,
            Map<String, String> sourcePartition,
            OffsetBook offsets,
            ChainNumbers numbers,
            Clock clock,
            SourceMetrics metrics) {
        this.scope = scope;
        this.sourcePartition = sourcePartition;
        this.offsets = offsets;
        this.numbers = numbers;
        this.clock = clock;
        this.metrics = metrics;
        this.offset = offsets.offset(numbers.last()).toMap();
    }

    /** What every record says of where it comes from. */
    public void cluster(String id) {
        cluster = id;
    }

    /** An event of the watch, or a row of a snapshot. @param snapshot revision at which the snapshot read it, 0 for the watch */
    public void change(KeyChange change, long snapshot) {
        extra += change.weight() - 1;
        Optional<String> key = Page.key(change.key());
        if (key.isEmpty()) {
            deadLetter(change, DeadLetters.keyReason(change.key()), snapshot);
            return;
        }
        int partition = KeyPartitioner.partition(change.key(), scope.partitions());
        Revision at = new Revision(offsets.epoch(), change.modRevision());
        if (change.isDelete()) {
            event(key.get(), null, at, snapshot, partition);
            if (scope.tombstones()) {
                keep(scope.topic(), partition, key.get(), new SchemaAndValue(null, null), null);
            }
            return;
        }
        Optional<String> value = Utf8.strict(change.value());
        if (value.isPresent()) {
            EtcdRecord.Row row = new EtcdRecord.Row(
                    key.get(),
                    value.get(),
                    change.createRevision(),
                    change.modRevision(),
                    change.version(),
                    change.lease());
            event(key.get(), row, at, snapshot, partition);
        } else {
            deadLetter(change, DeadLetters.VALUE_NOT_TEXT, snapshot);
            record(
                    partition,
                    new EtcdRecord.Unrepresentable(
                            chain(partition), key.get(), at, snapshot, change.lease(), DeadLetters.VALUE_NOT_TEXT));
        }
    }

    public void answer(BookkeepingNotice.Answer answer) {
        int partition = KeyPartitioner.partition(answer.key(), scope.partitions());
        record(
                partition,
                new EtcdRecord.Answer(
                        chain(partition),
                        answer.key(),
                        new Revision(offsets.epoch(), answer.revision()),
                        answer.origin(),
                        answer.of(),
                        answer.outcome(),
                        answer.reason()));
        metrics.count(Counter.ANSWERS);
    }

    public void manifests(KeyRange bounds, long revision, List<List<String>> keys) {
        Revision at = new Revision(offsets.epoch(), revision);
        for (int p = 0; p < scope.partitions(); p++) {
            record(p, new EtcdRecord.Manifest(chain(p), bounds, at, keys.get(p), scope.partitions()));
        }
    }

    public void ends(KeyRange range, long revision, long request) {
        Revision at = new Revision(offsets.epoch(), revision);
        for (int p = 0; p < scope.partitions(); p++) {
            record(p, new EtcdRecord.End(chain(p), range, at, request, scope.partitions()));
        }
    }

    public void heartbeats(long revision) {
        Revision at = new Revision(offsets.epoch(), revision);
        for (int p = 0; p < scope.partitions(); p++) {
            record(p, new EtcdRecord.Heartbeat(chain(p), at));
        }
        metrics.count(Counter.HEARTBEATS);
    }

    /** What was made since the last time belongs together, and after it the offset is what the book says now. */
    public void seal(Batch batch) {
        if (open.isEmpty()) {
            return;
        }
        Map<String, Object> after = offsets.offset(numbers.last()).toMap();
        for (int i = 0; i < open.size(); i++) {
            batch.add(open.get(i).apply(i == open.size() - 1 ? after : offset), i == 0 ? extra : 0);
        }
        offset = after;
        open.clear();
        extra = 0;
    }

    private void event(String key, EtcdRecord.Row row, Revision at, long snapshot, int partition) {
        record(
                partition,
                new EtcdRecord.Event(
                        chain(partition), key, row, at, snapshot, new EtcdRecord.Source(scope.connector(), cluster)));
        metrics.count(snapshot == 0 ? Counter.EVENTS : Counter.SNAPSHOT_ROWS);
    }

    private void deadLetter(KeyChange change, String reason, long snapshot) {
        if (snapshot != 0 && !offsets.isUnreported(change.modRevision())) {
            return;
        }
        keep(
                scope.deadLetterTopic(),
                null,
                Page.key(change.key()).orElse(null),
                new SchemaAndValue(DeadLetters.SCHEMA, DeadLetters.of(scope.route(), change, offsets.epoch(), reason)),
                new ConnectHeaders().addString(DeadLetters.REASON_HEADER, reason));
        metrics.count(Counter.DEAD_LETTERS);
    }

    private void record(int partition, EtcdRecord record) {
        String kind = EtcdRecordCodec.controlKind(record);
        keep(
                scope.topic(),
                partition,
                EtcdRecordCodec.key(record),
                EtcdRecordCodec.encode(record, null, clock.millis()),
                kind == null
                        ? null
                        : new ConnectHeaders()
                                .addString(EtcdRecordCodec.CONTROL_HEADER, kind)
                                .addInt(EtcdRecordCodec.PARTITION_HEADER, partition));
    }

    private void keep(String topic, Integer partition, String key, SchemaAndValue value, Headers headers) {
        open.add(after -> new SourceRecord(
                sourcePartition,
                after,
                topic,
                partition,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                value.schema(),
                value.value(),
                null,
                headers));
    }

    private Chain chain(int partition) {
        return numbers.next(partition, ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant()));
    }
}
