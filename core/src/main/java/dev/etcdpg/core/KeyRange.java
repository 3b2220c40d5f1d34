package dev.etcdpg.core;

/**
 * A range of a route's keys in byte order: the keys after {@code after} (exclusive) up to {@code through} (inclusive). An empty bound means
 * open, because an etcd key is never empty. The bounds differ from etcd's half-open ranges: the successor of a key ends in a NUL, which
 * PostgreSQL's type text cannot store.
 */
public record KeyRange(String after, String through) {

    /** Longest bound of a range that is stored, in bytes. Two bounds must fit into one PostgreSQL index row (2,704 bytes). */
    public static final int MAX_BOUND_BYTES = 1_024;

    /** All keys of the route. */
    public static final KeyRange ALL = new KeyRange("", "");

    public boolean contains(String key) {
        return Utf8.compare(key, after) > 0 && (through.isEmpty() || Utf8.compare(key, through) <= 0);
    }

    /** Returns whether every key of {@code other} is in this range. */
    public boolean covers(KeyRange other) {
        return Utf8.compare(after, other.after) <= 0
                && (through.isEmpty() || (!other.through.isEmpty() && Utf8.compare(other.through, through) <= 0));
    }
}
