package dev.etcdpg.common.sink;

import dev.etcdpg.common.Revision;
import dev.etcdpg.common.Route;
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
    /** true: the value is left out, because the dead letter topic does not take records so large. */
    public static final String OMITTED_HEADER = "etcdpg.value.omitted";

    private static final int SHOWN = 200;

    /**
     * What of it always fits: the dead letter topic may take less than the topic that the record came from, where it still is. Without its
     * value, and without a key that no etcd key of a route is as long as.
     */
    SinkRecord withoutValue() {
        boolean longKey = key != null && key.length() > Route.MAX_KEY_BYTES;
        SinkRecord whole = new DeadLetter(record, longKey ? null : key, at, reason).withHeaders();
        Object recordKey =
                whole.key() instanceof String text && text.length() > Route.MAX_KEY_BYTES ? null : whole.key();
        whole.headers().addBoolean(OMITTED_HEADER, true);
        return new SinkRecord(
                whole.topic(),
                whole.kafkaPartition(),
                recordKey == null ? null : whole.keySchema(),
                recordKey,
                null,
                null,
                whole.kafkaOffset(),
                whole.timestamp(),
                whole.timestampType(),
                whole.headers(),
                whole.originalTopic(),
                whole.originalKafkaPartition(),
                whole.originalKafkaOffset());
    }

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
                + (key == null ? "" : ", key " + shown(key))
                + (at == null ? "" : ", revision " + at);
    }

    /** On one line, and not the whole of a key that is a document. */
    private static String shown(String key) {
        String line = key.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() < key.length() ? line + "…" : line;
    }
}
