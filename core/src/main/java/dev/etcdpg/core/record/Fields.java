package dev.etcdpg.core.record;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a Struct and of a schemaless Map in the same way. A field that is null counts as missing. All methods throw {@link
 * DataException} if the field is missing or has another type; the messages contain no value, because values may be secret.
 */
final class Fields {

    private static final Pattern NAME = Pattern.compile("[a-z_]{1,20}");

    private final Object value;

    private Fields(Object value) {
        this.value = value;
    }

    /** @throws DataException if the value is neither a Struct nor a Map */
    static Fields of(@Nullable Object value) {
        if (value instanceof Struct) {
            return new Fields(value);
        } else if (value instanceof Map<?, ?> map) {
            return new Fields(withoutSchema(map));
        }
        throw new DataException("expected a Struct or a Map, not "
                + (value == null ? "null" : value.getClass().getName()));
    }

    /**
     * Returns the payload of a record that a JsonConverter with schemas.enable=true has written and one with schemas.enable=false has read.
     * Returns other records as they are.
     */
    private static Map<?, ?> withoutSchema(Map<?, ?> map) {
        return map.size() == 2 && map.containsKey("schema") && map.get("payload") instanceof Map<?, ?> payload
                ? payload
                : map;
    }

    boolean has(String name) {
        return get(name) != null;
    }

    /** Reads a text that PostgreSQL can store. */
    String text(String name) {
        Object found = required(name);
        if (found instanceof String text) {
            return storable(name, text);
        }
        throw wrongType(name, "a string", found);
    }

    /** Reads the field {@code key}, which must not be empty: etcd has no empty key and refuses a transaction that names one. */
    String key() {
        String key = text("key");
        if (key.isEmpty()) {
            throw new DataException("field \"key\" is empty");
        }
        return key;
    }

    /** Reads the bound of a range, at most {@link KeyRange#MAX_BOUND_BYTES} long. An empty text means open; a missing field is an error. */
    String bound(String name) {
        String bound = text(name);
        if (bound.length() > KeyRange.MAX_BOUND_BYTES
                || bound.getBytes(StandardCharsets.UTF_8).length > KeyRange.MAX_BOUND_BYTES) {
            throw new DataException("field \"" + name + "\" is longer than " + KeyRange.MAX_BOUND_BYTES + " bytes");
        }
        return bound;
    }

    @Nullable
    String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    String textOrEmpty(String name) {
        return has(name) ? text(name) : "";
    }

    long number(String name) {
        Object found = required(name);
        if (found instanceof Long || found instanceof Integer || found instanceof Short || found instanceof Byte) {
            return ((Number) found).longValue();
        }
        throw wrongType(name, "an integer", found);
    }

    long numberOrZero(String name) {
        return has(name) ? number(name) : 0;
    }

    /** Reads a number within bounds. Without the upper bound, a number that is too high would make all later records of the sender look old. */
    long number(String name, long least, long most) {
        long number = number(name);
        if (number < least || number > most) {
            throw new DataException("field \"" + name + "\" must be from " + least + " to " + most);
        }
        return number;
    }

    Fields struct(String name) {
        Object found = required(name);
        if (found instanceof Struct || found instanceof Map) {
            return new Fields(found);
        }
        throw wrongType(name, "a structure", found);
    }

    List<String> texts(String name) {
        Object found = required(name);
        if (found instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(text -> storable(name, (String) text)).toList();
        }
        throw wrongType(name, "a list of strings", found);
    }

    /** Reads the fields {@code number} and {@code previous}, which must be within the bounds of senders. */
    Chain chain() {
        long number = number("number", 0, Chain.MAX_NUMBER);
        return new Chain(number, number("previous", 0, number));
    }

    private static String storable(String name, String text) {
        if (!Utf8.isText(text)) {
            throw new DataException("field \"" + name + "\" has a NUL or half a surrogate pair");
        }
        return text;
    }

    private Object required(String name) {
        Object found = get(name);
        if (found == null) {
            throw new DataException("field \"" + name + "\" is missing");
        }
        return found;
    }

    private @Nullable Object get(String name) {
        if (value instanceof Struct struct) {
            Field field = struct.schema().field(name);
            return field == null ? null : struct.get(field);
        }
        return ((Map<?, ?>) value).get(name);
    }

    /** Returns an error that names the unknown text if the text looks like a name and not like a value. */
    static DataException unknown(String what, String name) {
        return new DataException("unknown " + what + (NAME.matcher(name).matches() ? " \"" + name + "\"" : ""));
    }

    private static DataException wrongType(String name, String expected, Object found) {
        return new DataException("field \"" + name + "\" must be " + expected + ", not "
                + found.getClass().getSimpleName());
    }
}
