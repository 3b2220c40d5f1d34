package dev.etcdpg.etcd.source;

import dev.etcdpg.core.KeyRange;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.options.OptionsUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys from {@code start} (inclusive) to {@code end} (exclusive): etcd's way to name a range. */
public record KeySpan(ByteSequence start, ByteSequence end) {

    public static KeySpan prefix(String prefix) {
        ByteSequence start = ByteSequence.from(prefix, StandardCharsets.UTF_8);
        return new KeySpan(start, OptionsUtil.prefixEndOf(start));
    }

    /** The keys of a range that begin with the prefix; bounds may be anything, for they come with what somebody asks. */
    public static KeySpan of(String prefix, KeyRange range) {
        KeySpan all = prefix(prefix);
        ByteSequence after = successor(range.after().getBytes(StandardCharsets.UTF_8));
        ByteSequence through = successor(range.through().getBytes(StandardCharsets.UTF_8));
        return new KeySpan(
                isBefore(all.start, after) ? after : all.start,
                range.through().isEmpty() || isBefore(all.end, through) ? all.end : through);
    }

    private static boolean isBefore(ByteSequence a, ByteSequence b) {
        return Arrays.compareUnsigned(a.getBytes(), b.getBytes()) < 0;
    }

    /** The same without the keys up to this one. */
    public KeySpan after(byte[] key) {
        return new KeySpan(successor(key), end);
    }

    /** The first key after this one in byte order. */
    private static ByteSequence successor(byte[] key) {
        return ByteSequence.from(Arrays.copyOf(key, key.length + 1));
    }
}
