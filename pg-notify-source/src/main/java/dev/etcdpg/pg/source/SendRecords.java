package dev.etcdpg.pg.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.source.SourceRecord;

/** Makes records of sends, in order: it remembers what went into each partition. No I/O; not thread-safe. */
final class SendRecords {

    private final String origin;
    private final Topics topics;
    private SourceOffset offset;

    /** @param offset of the last record that was produced and acknowledged */
    SendRecords(String origin, Topics topics, SourceOffset offset) {
        this.origin = origin;
        this.topics = topics;
        this.offset = offset.spreadOver(topics.partitions());
    }

    /** The database, and how far its sends have become records. */
    String origin() {
        return origin;
    }

    SourceOffset offset() {
        return offset;
    }

    /** Everything numbered up to here has become a record. */
    long number() {
        return offset.number();
    }

    /** @param send numbered above {@link #number()} */
    SourceRecord record(Send send) {
        if (send.number() <= offset.number()) {
            throw new IllegalArgumentException(send + " is not above " + offset.number());
        }
        if (send.kind().equals("conflict")) {
            offset = offset.passed(send.number());
            return record(topics.conflicts(), null, send.key(), Conflict.encode(origin, send));
        }
        String topic = topics.of(send.route());
        int partition = topics.partition(send.key());
        Chain chain = new Chain(send.number(), offset.previous(topic, partition));
        offset = offset.passed(topic, partition, send.number());
        return record(topic, partition, send.key(), PgRecordCodec.encode(decode(send, chain)));
    }

    SourceRecord heartbeat(String route, int partition) {
        String topic = topics.of(route);
        long last = offset.previous(topic, partition);
        return record(
                topic,
                partition,
                null,
                PgRecordCodec.encode(new PgRecord.Heartbeat(new Chain(last, last), origin, route)));
    }

    private PgRecord decode(Send send, Chain chain) {
        return switch (send.kind()) {
            case "change" ->
                new PgRecord.Change(
                        chain,
                        origin,
                        send.route(),
                        send.key(),
                        send.op().equals("put") ? send.value() : null,
                        new Revision(send.baseEpoch(), send.baseRevision()),
                        send.lease(),
                        send.author());
            case "probe" -> new PgRecord.Probe(chain, origin, send.route(), send.key(), send.of());
            case "request" ->
                new PgRecord.Request(
                        chain, origin, send.route(), new KeyRange(send.rangeAfter(), send.rangeThrough()), send.of());
            case "new_epoch" -> new PgRecord.NewEpoch(chain, origin, send.route(), send.baseEpoch(), send.reason());
            default -> throw new IllegalArgumentException("unknown kind of send \"" + send.kind() + "\"");
        };
    }

    private SourceRecord record(String topic, Integer partition, String key, SchemaAndValue value) {
        return new SourceRecord(
                SourceOffset.partition(origin),
                offset.toMap(),
                topic,
                partition,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                value.schema(),
                value.value());
    }
}
