package dev.etcdpg.core.sink;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
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
 * @param fault what kind of fault it is, for logs and the status of a task: nothing of the record's value
 * @param reason a sentence, which may quote the value; cut after {@value #MAX_REASON} characters
 */
public record DeadLetter(SinkRecord record, String key, Revision at, String fault, String reason) {

    /** Header: why it can never be applied, a string. */
    public static final String REASON_HEADER = "etcdpg.reason";
    /** Header: the etcd key, a string; missing if it could not be read. */
    public static final String KEY_HEADER = "etcdpg.key";
    /** Header: the epoch of its revision, an integer of 64 bits; missing if it has none. */
    public static final String EPOCH_HEADER = "etcdpg.epoch";
    /** Header: its etcd revision in that epoch, an integer of 64 bits; missing if it has none. */
    public static final String REVISION_HEADER = "etcdpg.revision";
    /** Header, true: the value is left out, because the dead letter topic does not take records so large. */
    public static final String OMITTED_HEADER = "etcdpg.value.omitted";

    private static final int MAX_REASON = 1_000;
    private static final int SHOWN = 200;

    /** A database may quote all of a value in its reason. */
    public DeadLetter {
        if (reason.length() > MAX_REASON) {
            boolean pair = Character.isHighSurrogate(reason.charAt(MAX_REASON - 1));
            reason = reason.substring(0, pair ? MAX_REASON - 1 : MAX_REASON) + "…";
        }
    }

    /** One whose reason is what kind of fault it is: it quotes nothing of the value. */
    public DeadLetter(SinkRecord record, String key, Revision at, String reason) {
        this(record, key, at, reason, reason);
    }

    /**
     * What of it always fits: the dead letter topic may take less than the topic that the record came from, where it still is. Without its
     * value, the headers that it had, and a key that no etcd key of a route is as long as.
     */
    SinkRecord withoutValue() {
        boolean shortKey = record.key() instanceof String text && text.length() <= Route.MAX_KEY_BYTES
                || record.key() instanceof byte[] bytes && bytes.length <= Route.MAX_KEY_BYTES;
        return letter(
                headers(new ConnectHeaders()).addBoolean(OMITTED_HEADER, true),
                shortKey ? record.keySchema() : null,
                shortKey ? record.key() : null,
                null,
                null);
    }

    /** A record of our own: of the one delivered, Connect would send the original bytes, without our headers. */
    SinkRecord withHeaders() {
        return letter(
                headers(new ConnectHeaders(record.headers())),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value());
    }

    private Headers headers(Headers headers) {
        headers.addString(REASON_HEADER, reason);
        if (key != null && key.length() <= Route.MAX_KEY_BYTES) {
            headers.addString(KEY_HEADER, key);
        }
        if (at != null) {
            headers.add(EPOCH_HEADER, at.epoch(), Schema.INT64_SCHEMA)
                    .add(REVISION_HEADER, at.revision(), Schema.INT64_SCHEMA);
        }
        return headers;
    }

    private SinkRecord letter(Headers headers, Schema keySchema, Object newKey, Schema valueSchema, Object value) {
        return new SinkRecord(
                record.topic(),
                record.kafkaPartition(),
                keySchema,
                newKey,
                valueSchema,
                value,
                record.kafkaOffset(),
                record.timestamp(),
                record.timestampType(),
                headers,
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset());
    }

    /** Which record it is, and what kind of fault, in a log; without the reason, in which a database may quote the value. */
    String place() {
        return record.topic() + "-" + record.kafkaPartition() + " offset " + record.kafkaOffset()
                + (key == null ? "" : ", key " + shown(key))
                + (at == null ? "" : ", revision " + at)
                + ": " + shown(fault);
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
