package dev.etcdpg.etcd.page;

import dev.etcdpg.etcd.kv.KeySpan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The window that the requests of a snapshot read now. It lies in a larger window, which lies in a still larger one, because a window in a small
 * span is found with less counting than a window in a large span. Pure: the caller counts and reads. Not thread-safe.
 */
final class Windows {

    /** Largest number of keys of the window that is read. */
    static final long SMALLEST = 2_500;

    /** A window has at least this many times as many keys as the next smaller window. */
    private static final long FACTOR = 10;

    private static final class Level {
        private final KeySpan span;
        private final long keys;
        /** Keys that no smaller window has had. */
        private long left;
        /** See {@link Window#of}. */
        private byte[] crowded;

        Level(Window.Counted window, byte[] crowded) {
            this.span = window.span();
            this.keys = window.keys();
            this.left = keys;
            this.crowded = crowded;
        }
    }

    /** The smallest window is first. */
    private final Deque<Level> levels = new ArrayDeque<>();

    /**
     * Returns the beginning of a span that the next request reads.
     *
     * @param span begins in the window that was returned before, or after it was left
     * @param count see {@link Window}
     * @param firstKey see {@link Window}
     */
    KeySpan of(KeySpan span, ToLongFunction<KeySpan> count, Function<KeySpan, byte[]> firstKey) {
        if (levels.isEmpty()) {
            levels.push(new Level(new Window.Counted(span, count.applyAsLong(span)), new byte[0]));
        }
        while (levels.element().left > SMALLEST) {
            Level outer = levels.element();
            long limit = Math.max(SMALLEST, outer.left / FACTOR);
            Window.Found found = new Window(limit, count, firstKey)
                    .of(new Window.Counted(new KeySpan(span.start(), outer.span.end()), outer.left), outer.crowded);
            outer.crowded = found.crowded();
            levels.push(new Level(found.window(), found.crowded()));
        }
        return new KeySpan(span.start(), levels.element().span.end());
    }

    /** Returns whether nothing is known about the number of keys. */
    boolean isEmpty() {
        return levels.isEmpty();
    }

    /** Leaves the window, because all of its keys were read. */
    void leave() {
        Level read = levels.pop();
        while (!levels.isEmpty() && levels.element().span.end().equals(read.span.end())) {
            read = levels.pop();
        }
        if (!levels.isEmpty()) {
            levels.element().left -= read.keys;
        }
    }

    /** Forgets the window, because the next span begins elsewhere. */
    void reset() {
        levels.clear();
    }
}
