package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RecordKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * Finds keys that cut a span into ranges with about the same number of keys. It counts keys on the server and reads only a few keys, however
 * many there are. Pure: the caller counts and reads.
 */
final class Bisection {

    /** The search stops and reads keys when at most this number of keys remains between its bounds. */
    private static final int PAGE = 200;

    private static final int MAX_STEPS = 400;

    private Bisection() {}

    /**
     * Returns the bounds between the ranges, in order. Each bound is the last key of a range, and PostgreSQL can hold it. There are fewer than
     * {@code ranges - 1} bounds if the span does not have enough such keys.
     *
     * @param ranges the number of ranges, at least 1
     * @param count counts the keys of a span
     * @param page reads the first keys of a span, up to a limit
     */
    static List<String> bounds(
            KeySpan span, int ranges, ToLongFunction<KeySpan> count, BiFunction<KeySpan, Integer, List<byte[]>> page) {
        long total = count.applyAsLong(span);
        List<String> bounds = new ArrayList<>();
        for (int i = 1; i < ranges; i++) {
            long rank = total * i / ranges;
            if (rank > 0) {
                nearest(span, rank, count, page)
                        .filter(key -> bounds.isEmpty() || Utf8.compare(key, bounds.get(bounds.size() - 1)) > 0)
                        .ifPresent(bounds::add);
            }
        }
        return bounds;
    }

    /** Returns a key of about this rank. The first key of the span has rank 1. */
    private static Optional<String> nearest(
            KeySpan span, long rank, ToLongFunction<KeySpan> count, BiFunction<KeySpan, Integer, List<byte[]>> page) {
        byte[] low = span.start().toByteArray();
        byte[] high = span.end().toByteArray();
        long below = 0;
        for (int step = 0; step < MAX_STEPS; step++) {
            byte[] middle = middle(low, high);
            if (Arrays.equals(middle, low)) {
                break;
            }
            long lower = count.applyAsLong(new KeySpan(span.start(), EtcdBytes.of(middle)));
            if (lower < rank) {
                low = middle;
                below = lower;
            } else {
                high = middle;
                if (lower - below <= PAGE) {
                    break;
                }
            }
        }
        List<byte[]> keys = page.apply(new KeySpan(EtcdBytes.of(low), span.end()), 2 * PAGE);
        long wanted = Math.min(keys.size(), rank - below) - 1;
        for (int away = 0; away < keys.size(); away++) {
            for (long at : new long[] {wanted - away, wanted + away}) {
                if (at >= 0 && at < keys.size()) {
                    Optional<String> key = bound(keys.get((int) at));
                    if (key.isPresent()) {
                        return key;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> bound(byte[] key) {
        return key.length > KeyRange.MAX_BOUND_BYTES ? Optional.empty() : RecordKey.text(key);
    }

    /** Returns bytes about half way between two keys. */
    static byte[] middle(byte[] low, byte[] high) {
        int length = Math.max(low.length, high.length) + 1;
        BigInteger from = new BigInteger(1, Arrays.copyOf(low, length));
        BigInteger to = new BigInteger(1, Arrays.copyOf(high, length));
        byte[] sum = from.add(to).shiftRight(1).toByteArray();
        byte[] middle = new byte[length];
        int shared = Math.min(sum.length, length);
        System.arraycopy(sum, sum.length - shared, middle, length - shared, shared);
        int end = length;
        while (end > low.length && end > 1 && middle[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(middle, end);
    }
}
