package dev.etcdpg.etcd.kv;

import dev.etcdpg.core.KeyRange;

/**
 * Keys from {@code start} (inclusive) to {@code end} (exclusive), in etcd's order. etcd's API takes ranges in this form; records and PostgreSQL
 * use {@link KeyRange}.
 */
public record KeySpan(EtcdBytes start, EtcdBytes end) {

    /** Returns the span of all keys that begin with the prefix. */
    public static KeySpan prefix(String prefix) {
        EtcdBytes start = EtcdBytes.of(prefix);
        return new KeySpan(start, start.prefixEnd());
    }

    /**
     * Returns the keys of a range that begin with the prefix. The bounds of the range may lie outside the prefix, because they come from
     * outside.
     */
    public static KeySpan of(String prefix, KeyRange range) {
        KeySpan all = prefix(prefix);
        EtcdBytes after = EtcdBytes.of(range.after()).successor();
        EtcdBytes through = EtcdBytes.of(range.through()).successor();
        return new KeySpan(
                all.start.compareTo(after) < 0 ? after : all.start,
                range.through().isEmpty() || all.end.compareTo(through) < 0 ? all.end : through);
    }

    /** Returns a span of this key alone. */
    public static KeySpan single(String key) {
        EtcdBytes start = EtcdBytes.of(key);
        return new KeySpan(start, start.successor());
    }

    /** Returns the keys of this span after the given key. */
    public KeySpan after(byte[] key) {
        return new KeySpan(EtcdBytes.of(key).successor(), end);
    }
}
