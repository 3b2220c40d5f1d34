package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.kv.KeySpan;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The window that the requests of a snapshot read now. It lies in a larger window, because small windows in a small span are found with less
 * counting than small windows in a large span. Pure: the caller counts and reads. Not thread-safe.
 */
final class Windows {

    private static final long OUTER_KEYS = 20_000;
    private static final long INNER_KEYS = 500;

    private @Nullable KeySpan outer;
    private @Nullable KeySpan inner;

    /**
     * Returns the beginning of a span that the next request reads.
     *
     * @param span begins in the window that was returned before, or after it was left
     * @param count see {@link Window}
     * @param firstKey see {@link Window}
     */
    KeySpan of(KeySpan span, ToLongFunction<KeySpan> count, Function<KeySpan, byte[]> firstKey) {
        if (outer == null) {
            outer = new Window(OUTER_KEYS, count, firstKey).of(span);
        }
        if (inner == null) {
            inner = new Window(INNER_KEYS, count, firstKey).of(new KeySpan(span.start(), outer.end()));
        }
        return new KeySpan(span.start(), inner.end());
    }

    /** Leaves the window, because all of its keys were read. */
    void leave() {
        if (inner != null && outer != null && inner.end().equals(outer.end())) {
            outer = null;
        }
        inner = null;
    }

    /** Forgets the window, because the next span begins elsewhere. */
    void reset() {
        outer = null;
        inner = null;
    }
}
