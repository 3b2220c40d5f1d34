package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeySpan;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Finds the beginning of a span that has a limited number of keys. For every request, etcd counts all keys of the span that is asked for, so
 * small requests to a large span are slow. Pure: the caller counts and reads.
 */
final class Window {

    private static final int SIBLINGS = 256;

    private final long limit;
    private final ToLongFunction<KeySpan> count;
    private final Function<KeySpan, byte[]> firstKey;

    /**
     * @param limit the largest number of keys of a window, at least 1
     * @param count counts the keys of a span
     * @param firstKey reads the first key of a span; if there is none, it returns the start of the span
     */
    Window(long limit, ToLongFunction<KeySpan> count, Function<KeySpan, byte[]> firstKey) {
        this.limit = limit;
        this.count = count;
        this.firstKey = firstKey;
    }

    /**
     * Returns a span that begins where this one begins, is not longer, and has at most as many keys as the limit. The shortest prefix of the first
     * key with few enough keys is found by a binary search, because a key may be very long and each count is a request.
     */
    KeySpan of(KeySpan rest) {
        if (count.applyAsLong(rest) <= limit) {
            return rest;
        }
        byte[] first = firstKey.apply(rest);
        KeySpan found = new KeySpan(rest.start(), successor(first));
        long keys = 1;
        int tooShort = 0;
        int longEnough = first.length + 1;
        while (longEnough - tooShort > 1) {
            int length = (tooShort + longEnough) >>> 1;
            Optional<KeySpan> longer = upTo(afterPrefix(first, length), rest);
            long more = longer.isEmpty() ? Long.MAX_VALUE : count.applyAsLong(longer.get());
            if (more > limit) {
                tooShort = length;
            } else {
                longEnough = length;
                keys = more;
                found = longer.get();
            }
        }
        return withSiblings(found, keys, rest);
    }

    /** Adds the keys behind the window, as long as they are few. A gap ends the window, because most bytes are in no key. */
    private KeySpan withSiblings(KeySpan window, long keysOfWindow, KeySpan rest) {
        KeySpan found = window;
        long keys = keysOfWindow;
        for (int i = 0; i < SIBLINGS; i++) {
            byte[] end = found.end().toByteArray();
            Optional<KeySpan> longer = upTo(afterPrefix(end, end.length), rest);
            if (longer.isEmpty()) {
                break;
            }
            long more = count.applyAsLong(new KeySpan(found.end(), longer.get().end()));
            if (more == 0 || keys + more > limit) {
                break;
            }
            keys += more;
            found = longer.get();
        }
        return found;
    }

    private static Optional<KeySpan> upTo(Optional<EtcdBytes> end, KeySpan rest) {
        return end.filter(bytes -> bytes.compareTo(rest.end()) < 0).map(bytes -> new KeySpan(rest.start(), bytes));
    }

    /** Returns the key after this one. */
    private static EtcdBytes successor(byte[] key) {
        return EtcdBytes.of(Arrays.copyOf(key, key.length + 1));
    }

    /** Returns the first key after all keys that begin with the first bytes of this key; empty if there is none. */
    private static Optional<EtcdBytes> afterPrefix(byte[] key, int length) {
        for (int last = length - 1; last >= 0; last--) {
            if (key[last] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(key, last + 1);
                end[last]++;
                return Optional.of(EtcdBytes.of(end));
            }
        }
        return Optional.empty();
    }
}
