package dev.etcdpg.etcd.page;

/** Decides how many keys the next request reads, so that responses with large values stay small. Pure. Not thread-safe. */
final class PageSize {

    /** Number of bytes at which a page is complete. */
    static final long TARGET_BYTES = 4 * 1024 * 1024;

    /** Largest number of keys of a request. If each of them has a value of 1 MiB, etcd needs some 100 MiB for its response. */
    static final int REQUEST_KEYS = 128;

    private static final int FIRST = 10;

    private final int max;
    private int next;

    /** @param max the largest number of keys of a request, at least 1 */
    PageSize(int max) {
        this.max = max;
        this.next = Math.min(FIRST, max);
    }

    int next() {
        return next;
    }

    /**
     * Adapts the size to a response with this number of keys and bytes. The next response has at most twice as many keys, because its values
     * may be larger.
     */
    void adapt(int keys, long bytes) {
        if (keys > 0) {
            long bytesPerKey = Math.max(1, bytes / keys);
            long doubled = Math.min(max, 2L * next);
            next = (int) Math.max(1, Math.min(doubled, TARGET_BYTES / bytesPerKey));
        }
    }

    /** Reduces the size, because a response was too large or took too long. Returns whether the next request is smaller. */
    boolean shrink() {
        int before = next;
        next = Math.max(1, next / 4);
        return next < before;
    }
}
