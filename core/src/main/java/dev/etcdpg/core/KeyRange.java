package dev.etcdpg.core;

/**
 * The keys of a route after {@code after} (exclusive) up to {@code through} (inclusive), in byte order. The empty string means open: an
 * etcd key is never empty. Bounds of this form, and not etcd's half-open ones, because the successor of a key ends in a NUL, which
 * PostgreSQL text cannot hold.
 */
public record KeyRange(String after, String through) {

    /** A longer key bounds no range that is written down: two bounds have a place in one PostgreSQL index row (2,704 bytes). */
    public static final int MAX_BOUND_BYTES = 1_024;

    /** Every key of the route. */
    public static final KeyRange ALL = new KeyRange("", "");

    public boolean contains(String key) {
        return Utf8.compare(key, after) > 0 && (through.isEmpty() || Utf8.compare(key, through) <= 0);
    }

    /** Whether every key of {@code other} is a key of this range. */
    public boolean covers(KeyRange other) {
        return Utf8.compare(after, other.after) <= 0
                && (through.isEmpty() || (!other.through.isEmpty() && Utf8.compare(other.through, through) <= 0));
    }
}
