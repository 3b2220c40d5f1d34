package dev.etcdpg.etcd.kv;

import dev.etcdpg.core.KeyRange;

/**
 * Keys from {@code start} (inclusive) to {@code end} (exclusive), in etcd's order: the form in which etcd takes a range. {@link KeyRange} is
 * the form in which records and PostgreSQL state one.
 */
public record KeySpan(EtcdBytes start, EtcdBytes end) {

    /** All keys that begin with the prefix. */
    public static KeySpan prefix(String prefix) {
        EtcdBytes start = EtcdBytes.of(prefix);
        return new KeySpan(start, start.prefixEnd());
    }

    /** The keys of a range that begin with the prefix. The bounds of the range may lie anywhere, because they come from outside. */
    public static KeySpan of(String prefix, KeyRange range) {
        KeySpan all = prefix(prefix);
        EtcdBytes after = EtcdBytes.of(range.after()).successor();
        EtcdBytes through = EtcdBytes.of(range.through()).successor();
        return new KeySpan(
                all.start.compareTo(after) < 0 ? after : all.start,
                range.through().isEmpty() || all.end.compareTo(through) < 0 ? all.end : through);
    }

    /** This key and no other. */
    public static KeySpan single(String key) {
        EtcdBytes start = EtcdBytes.of(key);
        return new KeySpan(start, start.successor());
    }

    /** The keys of this span after the given one. */
    public KeySpan after(byte[] key) {
        return new KeySpan(EtcdBytes.of(key).successor(), end);
    }
}
