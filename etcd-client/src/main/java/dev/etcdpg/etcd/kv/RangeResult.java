package dev.etcdpg.etcd.kv;

import java.util.List;

/**
 * Result of a read of a key range.
 *
 * @param revision etcd's current revision, whatever revision was read
 * @param cluster cluster id, unsigned and hexadecimal
 * @param keys in key order
 * @param more whether the limit left keys out
 */
public record RangeResult(long revision, String cluster, List<KeyChange> keys, boolean more) {}
