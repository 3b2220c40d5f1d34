package dev.etcdpg.etcd.source.snapshot;

/** Decides how many keys the next page has, so that pages with large values stay small. Pure. Not thread-safe. */
final class PageSize {

    /** Number of bytes that a page should not exceed, unless one key alone does. */
    static final long TARGET_BYTES = 4 * 1024 * 1024;

    private static final int FIRST = 10;

    private final int max;
    private int next;

    /** @param max the largest number of keys in a page, at least 1 */
    PageSize(int max) {
        this.max = max;
        this.next = Math.min(FIRST, max);
    }

    int next() {
        return next;
    }

    /**
     * Adapts the size to a page with this number of keys and bytes. The next page has at most twice as many keys, because its values may be
     * larger.
     */
    void adapt(int keys, long bytes) {
        if (keys > 0) {
            long bytesPerKey = Math.max(1, bytes / keys);
            long doubled = Math.min(max, 2L * next);
            next = (int) Math.max(1, Math.min(doubled, TARGET_BYTES / bytesPerKey));
        }
    }

    /** Halves the size, because a page was too large or took too long. */
    void shrink() {
        next = Math.max(1, next / 2);
    }
}
