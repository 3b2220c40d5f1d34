package dev.etcdpg.common.sink;

import dev.etcdpg.common.Revision;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A record that can never be applied.
 *
 * @param record as Connect delivered it
 * @param key etcd key, null if the record could not be read
 * @param at its revision, null if it has none or could not be read
 * @param reason a sentence
 */
public record DeadLetter(SinkRecord record, String key, Revision at, String reason) {

    public static final String REASON_HEADER = "etcdpg.reason";
    public static final String KEY_HEADER = "etcdpg.key";
    public static final String EPOCH_HEADER = "etcdpg.epoch";
    public static final String REVISION_HEADER = "etcdpg.revision";

    /** A record of our own: of the one delivered, Connect would send the original bytes, without our headers. */
    SinkRecord withHeaders() {
        Headers headers = new ConnectHeaders(record.headers()).addString(REASON_HEADER, reason);
        if (key != null) {
            headers.addString(KEY_HEADER, key);
        }
        if (at != null) {
            headers.add(EPOCH_HEADER, at.epoch(), Schema.INT64_SCHEMA)
                    .add(REVISION_HEADER, at.revision(), Schema.INT64_SCHEMA);
        }
        return new SinkRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.kafkaOffset(),
                record.timestamp(),
                record.timestampType(),
                headers,
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset());
    }

    /** Which record it is, in a log; without the reason, in which a database may quote the value. */
    String place() {
        return record.topic() + "-" + record.kafkaPartition() + " offset " + record.kafkaOffset()
                + (key == null ? "" : ", key " + key)
                + (at == null ? "" : ", revision " + at);
    }
}
