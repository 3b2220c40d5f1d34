package dev.etcdpg.core.sink;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the size of a record in a topic, in bytes. A task does not know its converters, so the estimate is an upper bound for JSON with
 * schemas, without compression.
 */
final class DeadLetterSize {

    /**
     * Upper bound for Kafka's framing of a batch and a record, and for the headers in which Connect describes the record's origin with a stack
     * trace.
     */
    static final int FRAME = 32_768;

    private static final int FIELD_SCHEMA = 128;
    private static final int NUMBER = 32;

    private DeadLetterSize() {}

    static long of(SinkRecord record) {
        long size = FRAME + of(record.key()) + of(record.value());
        for (Header header : record.headers()) {
            size += text(header.key()) + of(header.value());
        }
        return size;
    }

    private static long of(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return NUMBER;
        } else if (value instanceof byte[] bytes) {
            return base64(bytes.length);
        } else if (value instanceof ByteBuffer bytes) {
            return base64(bytes.remaining());
        } else if (value instanceof Struct struct) {
            return struct(struct);
        } else if (value instanceof Map<?, ?> map) {
            long size = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                size += of(entry.getKey()) + of(entry.getValue()) + 2;
            }
            return size;
        } else if (value instanceof Collection<?> list) {
            long size = 2;
            for (Object element : list) {
                size += of(element) + 1;
            }
            return size;
        }
        return text(value.toString());
    }

    private static long struct(Struct struct) {
        long size = 2;
        for (Field field : struct.schema().fields()) {
            size += FIELD_SCHEMA + 2 * text(field.name()) + of(struct.getWithoutDefault(field.name())) + 2;
        }
        return size;
    }

    private static long base64(long bytes) {
        return 2 + (bytes + 2) / 3 * 4;
    }

    /** Returns the size of a JSON string in UTF-8, with quotes and escapes. */
    private static long text(String text) {
        long size = 2;
        for (int i = 0; i < text.length(); i++) {
            size += of(text.charAt(i));
        }
        return size;
    }

    /** Returns the size of a character. Each half of a surrogate pair counts as two bytes. An unpaired half becomes one byte. */
    private static int of(char c) {
        if (c < 0x20) {
            return 6;
        } else if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
}
