package dev.etcdpg.pg.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Turns sends into records, in order, and remembers the last number of each partition. No I/O; not thread-safe. */
public final class SendRecords {

    private final Sender sender;
    private final SendTopics topics;
    private SendOffset offset;

    /** @param offset offset of the last record that was produced and acknowledged */
    public SendRecords(Sender sender, SendTopics topics, SendOffset offset) {
        this.sender = sender;
        this.topics = topics;
        this.offset = offset.withPartitions(topics.partitions());
    }

    Sender sender() {
        return sender;
    }

    /** Returns the offset of the last record. */
    public SendOffset offset() {
        return offset;
    }

    /** Returns the number through which every send has become a record. */
    public long number() {
        return offset.number();
    }

    /**
     * Returns the record of a send.
     *
     * @throws IllegalArgumentException if the number of the send is not above {@link #number()}
     */
    public SourceRecord record(Send send) {
        if (send.number() <= offset.number()) {
            throw new IllegalArgumentException(send + " is not above " + offset.number());
        }
        if (send instanceof Send.Conflict conflict) {
            offset = offset.passed(conflict.number());
            return record(topics.conflicts(), null, conflict.key(), ConflictCodec.encode(sender.origin(), conflict));
        }
        Send.ToEtcd toEtcd = (Send.ToEtcd) send;
        Route route = toEtcd.route();
        int partition = topics.partition(toEtcd.key());
        Chain chain = new Chain(send.number(), offset.previous(route.name(), partition));
        offset = offset.passed(route.name(), partition, send.number());
        return record(topics.of(route), partition, toEtcd.key(), encode(toEtcd.encode(chain, sender.origin()), route));
    }

    /** Returns a heartbeat, which names the last number of its partition. */
    public SourceRecord heartbeat(Route route, int partition) {
        long last = offset.previous(route.name(), partition);
        PgRecord heartbeat = new PgRecord.Heartbeat(new Chain(last, last), sender.origin(), route.name());
        return record(topics.of(route), partition, null, encode(heartbeat, route));
    }

    private SchemaAndValue encode(PgRecord record, Route route) {
        return PgRecordCodec.encode(record, sender.database(), route.prefix());
    }

    private SourceRecord record(String topic, @Nullable Integer partition, @Nullable String key, SchemaAndValue value) {
        return new SourceRecord(
                SendOffset.partition(sender.origin()),
                offset.toMap(),
                topic,
                partition,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                value.schema(),
                value.value());
    }
}
