package dev.etcdpg.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A mirrored etcd prefix and its name. The topic of the route is {@code <topic.prefix>.<name>}, and its table is {@code <table.schema>.<name>}.
 *
 * @param name lower case letters, digits, {@code _} and {@code -}, at most 48 characters
 * @param prefix first bytes of all keys of the route; never empty
 */
public record Route(String name, String prefix) {

    /** Longest key that a PostgreSQL index row (2,704 bytes) can store together with the route and numbers. */
    public static final int MAX_KEY_BYTES = 2_048;

    private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,47}");

    /** @throws IllegalArgumentException if the name is invalid, or no key with the prefix can have a row */
    public Route {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name
                            + "\" is not a route name. A route name has lower case letters, digits, _ and -, at most 48 characters");
        }
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("Route " + name + " has an empty prefix");
        }
        if (prefix.indexOf('\0') >= 0 || prefix.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("The prefix of route " + name + " contains NUL, or has more than "
                    + MAX_KEY_BYTES + " bytes. No key with this prefix can have a row");
        }
    }

    public String topic(String topicPrefix) {
        return topicPrefix + "." + name;
    }

    /** Returns whether the key begins with the prefix. The key may have any length and encoding. */
    public boolean contains(byte[] key) {
        byte[] head = prefix.getBytes(StandardCharsets.UTF_8);
        return key.length >= head.length && Arrays.equals(key, 0, head.length, head, 0, head.length);
    }

    public boolean contains(String key) {
        return key.startsWith(prefix);
    }
}
