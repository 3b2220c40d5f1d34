package dev.etcdpg.core.sink;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that can never be applied.
 *
 * @param record the record as Connect delivered it
 * @param key etcd key; null if the record could not be read
 * @param at revision of the record; null if it has none or could not be read
 * @param fault kind of the fault, for logs and the status of a task; contains nothing of the record's value
 * @param reason a sentence that may quote the value; cut after {@value #MAX_REASON} characters
 */
public record DeadLetter(SinkRecord record, @Nullable String key, @Nullable Revision at, String fault, String reason) {

    /** Header: the reason, a string. */
    public static final String REASON_HEADER = "etcdpg.reason";
    /** Header: the etcd key, a string; missing if the record could not be read. */
    public static final String KEY_HEADER = "etcdpg.key";
    /** Header: the epoch of the record's revision, an integer of 64 bits; missing if the record has no revision. */
    public static final String EPOCH_HEADER = "etcdpg.epoch";
    /** Header: the record's etcd revision in that epoch, an integer of 64 bits; missing if the record has no revision. */
    public static final String REVISION_HEADER = "etcdpg.revision";
    /** Header, true: the value is omitted, because the dead letter topic does not accept records of this size. */
    public static final String OMITTED_HEADER = "etcdpg.value.omitted";

    private static final int MAX_REASON = 1_000;
    private static final int MAX_SHOWN = 200;

    /** Truncates the reason, because a database may quote a whole value in it. */
    public DeadLetter {
        if (reason.length() > MAX_REASON) {
            boolean pair = Character.isHighSurrogate(reason.charAt(MAX_REASON - 1));
            reason = reason.substring(0, pair ? MAX_REASON - 1 : MAX_REASON) + "…";
        }
    }

    /** Creates a letter whose reason is the kind of the fault. The reason must quote nothing of the value. */
    public DeadLetter(SinkRecord record, @Nullable String key, @Nullable Revision at, String reason) {
        this(record, key, at, reason, reason);
    }

    /**
     * Returns a reduced letter that always fits into the dead letter topic, which may accept only smaller records than the original topic. The
     * letter has no value and none of the record's headers. It has the record's key only if the key is no longer than an etcd key of a route.
     * The original topic still has the record.
     */
    SinkRecord withoutValue() {
        boolean shortKey = record.key() instanceof String text && text.length() <= Route.MAX_KEY_BYTES
                || record.key() instanceof byte[] bytes && bytes.length <= Route.MAX_KEY_BYTES;
        return letter(
                addHeaders(new ConnectHeaders()).addBoolean(OMITTED_HEADER, true),
                shortKey ? record.keySchema() : null,
                shortKey ? record.key() : null,
                null,
                null);
    }

    /** Returns the whole letter as a new record. For the delivered record, Connect would write the original bytes without these headers. */
    SinkRecord withHeaders() {
        return letter(
                addHeaders(new ConnectHeaders(record.headers())),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value());
    }

    private Headers addHeaders(Headers headers) {
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

    private SinkRecord letter(
            Headers headers,
            @Nullable Schema keySchema,
            @Nullable Object newKey,
            @Nullable Schema valueSchema,
            @Nullable Object value) {
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

    /** Identifies the record and the kind of fault in a log. Does not contain the reason, in which a database may quote the value. */
    String place() {
        return record.topic() + "-" + record.kafkaPartition() + " offset " + record.kafkaOffset()
                + (key == null ? "" : ", key " + shown(key))
                + (at == null ? "" : ", revision " + at)
                + ": " + shown(fault);
    }

    /** Returns the text on one line, truncated if it is long. */
    private static String shown(String text) {
        String line = text.codePoints()
                .limit(MAX_SHOWN)
                .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() < text.length() ? line + "…" : line;
    }
}
