package dev.etcdpg.core;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An etcd prefix under a name: topic {@code <topic.prefix>.<name>}, table {@code <table.schema>.<name>}.
 *
 * @param name lower case letters, digits, {@code _} and {@code -}, at most 48 characters
 * @param prefix never empty, and the keys of the route begin with it
 */
public record Route(String name, String prefix) {

    /** A key longer than this has no place in a PostgreSQL index (2,704 bytes a row, the route and numbers included). */
    public static final int MAX_KEY_BYTES = 2_048;

    private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,47}");

    public Route {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is not a route name: lower case letters, digits, _ and -, at most 48");
        }
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("route " + name + " has an empty prefix");
        }
    }

    public String topic(String topicPrefix) {
        return topicPrefix + "." + name;
    }

    /** Whether the key belongs here, whatever its length and encoding. */
    public boolean contains(byte[] key) {
        byte[] head = prefix.getBytes(StandardCharsets.UTF_8);
        return key.length >= head.length && java.util.Arrays.equals(key, 0, head.length, head, 0, head.length);
    }

    public boolean contains(String key) {
        return key.startsWith(prefix);
    }
}
