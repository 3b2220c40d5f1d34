package dev.etcdpg.etcd.page;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeySpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Finds the beginning of a span that has a limited number of keys. For every request, etcd counts all keys of the span that is asked for, so
 * small requests to a large span are slow. Pure: the caller counts and reads.
 */
final class Window {

    /** More keys than a span has. */
    static final long VERY_MANY = Long.MAX_VALUE / 2;

    private static final int SIBLINGS = 256;

    /** @param keys the number of keys of the span */
    record Counted(KeySpan span, long keys) {}

    /**
     * A window that was found.
     *
     * @param crowded prefix of the first key that has too many keys for a window
     */
    record Found(Counted window, byte[] crowded) {}

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
     * Returns a span that begins where this one begins, is not longer, and has at most as many keys as the limit. The span is that of the shortest
     * prefix of the first key with few enough keys. A count costs etcd as much time as the span has keys, so the search begins with long prefixes,
     * or beyond a prefix that is known to be too short. Its steps double, because a key may be very long and each count is a request.
     *
     * @param crowded a prefix that has had too many keys for a window; empty if none is known. It may have fewer keys now; then the window is
     *     smaller than it could be.
     */
    Found of(Counted rest, byte[] crowded) {
        if (rest.keys() <= limit) {
            return new Found(rest, crowded);
        }
        byte[] first = firstKey.apply(rest.span());
        Counted found = new Counted(new KeySpan(rest.span().start(), successor(first)), 1);
        int tooShort = startsWith(first, crowded) ? crowded.length : 0;
        boolean isNear = tooShort > 0;
        int longEnough = first.length + 1;
        int step = 1;
        while (longEnough - tooShort > 1) {
            int length = isNear
                    ? tooShort + 1
                    : tooShort == 0 ? Math.max(1, longEnough - step) : (tooShort + longEnough) >>> 1;
            isNear = false;
            Optional<Counted> longer = counted(upTo(afterPrefix(first, length), rest.span()));
            if (longer.isPresent()) {
                longEnough = length;
                found = longer.get();
                step *= 2;
            } else {
                tooShort = length;
            }
        }
        return new Found(withSiblings(found, rest.span()), Arrays.copyOf(first, tooShort));
    }

    /**
     * Returns spans with the beginning of this one, each longer than the one before, up to this one. The first key of the first one that is not
     * empty is found with less counting than in the whole span.
     */
    static List<KeySpan> beginnings(KeySpan span) {
        byte[] start = span.start().toByteArray();
        List<KeySpan> spans = new ArrayList<>();
        int length = start.length;
        for (int step = 1; length > 0; step *= 2) {
            upTo(afterPrefix(start, length), span).ifPresent(spans::add);
            length -= step;
        }
        spans.add(span);
        return spans;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Adds the keys behind the window, as long as they are few. A gap ends the window, because most bytes are in no key. */
    private Counted withSiblings(Counted window, KeySpan rest) {
        Counted found = window;
        for (int i = 0; i < SIBLINGS; i++) {
            EtcdBytes end = found.span().end();
            Optional<KeySpan> longer = upTo(afterPrefix(end.toByteArray(), end.length()), rest);
            if (longer.isEmpty()) {
                break;
            }
            long more = count.applyAsLong(new KeySpan(end, longer.get().end()));
            if (more == 0 || found.keys() + more > limit) {
                break;
            }
            found = new Counted(longer.get(), found.keys() + more);
        }
        return found;
    }

    /** Returns empty if the span has too many keys. */
    private Optional<Counted> counted(Optional<KeySpan> span) {
        return span.map(s -> new Counted(s, count.applyAsLong(s))).filter(c -> c.keys() <= limit);
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
