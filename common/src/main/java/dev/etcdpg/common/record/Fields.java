package dev.etcdpg.common.record;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/** Reads a Struct and a schemaless Map in the same way. Missing fields and null are the same. */
final class Fields {

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
            return text;
        }
        throw wrong(name, "a string", found);
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
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(name, "a list of strings", found);
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

    private static DataException wrong(String name, String expected, Object found) {
        // the type and not the value: it may be secret
        return new DataException("field \"" + name + "\" must be " + expected + ", not "
                + found.getClass().getSimpleName());
    }
}
