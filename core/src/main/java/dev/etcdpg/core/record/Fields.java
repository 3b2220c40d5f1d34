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

/** Reads a Struct and a schemaless Map in the same way. Missing fields and null are the same. */
final class Fields {

    private static final Pattern NAME = Pattern.compile("[a-z_]{1,20}");

    private final Object value;

    private Fields(Object value) {
        this.value = value;
    }

    /** @throws DataException if the value is neither a Struct nor a Map */
    static Fields of(Object value) {
        if (value instanceof Struct || value instanceof Map) {
            return new Fields(value);
        }
        throw new DataException("expected a Struct or a Map, not "
                + (value == null ? "null" : value.getClass().getName()));
    }

    boolean has(String name) {
        return get(name) != null;
    }

    String text(String name) {
        Object found = required(name);
        if (found instanceof String text) {
            return held(name, text);
        }
        throw wrong(name, "a string", found);
    }

    /** An etcd key is never empty, and etcd refuses a transaction that names one that is. */
    String key() {
        String key = text("key");
        if (key.isEmpty()) {
            throw new DataException("field \"key\" is empty");
        }
        return key;
    }

    /** The bound of a range that is written down; "" says that there is none, and a missing field does not. */
    String bound(String name) {
        String bound = text(name);
        if (bound.length() > KeyRange.MAX_BOUND_BYTES
                || bound.getBytes(StandardCharsets.UTF_8).length > KeyRange.MAX_BOUND_BYTES) {
            throw new DataException("field \"" + name + "\" is longer than " + KeyRange.MAX_BOUND_BYTES + " bytes");
        }
        return bound;
    }

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
        throw wrong(name, "an integer", found);
    }

    long numberOrZero(String name) {
        return has(name) ? number(name) : 0;
    }

    /** A number that senders count upwards: what nobody can have reached would make all that follows look old. */
    long number(String name, long atLeast, long atMost) {
        long number = number(name);
        if (number < atLeast || number > atMost) {
            throw new DataException("field \"" + name + "\" must be from " + atLeast + " to " + atMost);
        }
        return number;
    }

    Fields struct(String name) {
        Object found = required(name);
        if (found instanceof Struct || found instanceof Map) {
            return new Fields(found);
        }
        throw wrong(name, "a structure", found);
    }

    List<String> texts(String name) {
        Object found = required(name);
        if (found instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(text -> held(name, (String) text)).toList();
        }
        throw wrong(name, "a list of strings", found);
    }

    /** @throws DataException if no sender can have numbered it so */
    Chain chain() {
        long number = number("number", 0, Chain.MAX_NUMBER);
        return new Chain(number, number("previous", 0, number));
    }

    /** PostgreSQL text can not hold it, and half a surrogate pair would become another character. */
    private static String held(String name, String text) {
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

    private Object get(String name) {
        if (value instanceof Struct struct) {
            Field field = struct.schema().field(name);
            return field == null ? null : struct.get(field);
        }
        return ((Map<?, ?>) value).get(name);
    }

    /** Says which, if it looks like a name and not like a value. */
    static DataException unknown(String what, String name) {
        return new DataException("unknown " + what + (NAME.matcher(name).matches() ? " \"" + name + "\"" : ""));
    }

    private static DataException wrong(String name, String expected, Object found) {
        // the type and not the value: it may be secret
        return new DataException("field \"" + name + "\" must be " + expected + ", not "
                + found.getClass().getSimpleName());
    }
}
