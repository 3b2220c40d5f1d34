package dev.etcdpg.etcd.source.snapshot;

/** How many keys the next page asks for, so that large values do not make large pages. Not thread-safe. */
public final class PageSize {

    /** Bytes that a page should have at most, if one key has not more. */
    public static final long TARGET_BYTES = 4 * 1024 * 1024;

    private static final int FIRST = 10;

    private final int most;
    private int next;

    /** @param most keys in any page, at least 1 */
    public PageSize(int most) {
        this.most = most;
        this.next = Math.min(FIRST, most);
    }

    public int next() {
        return next;
    }

    /** A page of so many keys had so many bytes. The next is at most twice as long: its values may be larger. */
    public void had(int keys, long bytes) {
        if (keys > 0) {
            long each = Math.max(1, bytes / keys);
            long doubled = Math.min(most, 2L * next);
            next = (int) Math.max(1, Math.min(doubled, TARGET_BYTES / each));
        }
    }

    /** A page of this size was too large, or took too long. */
    public void tooLarge() {
        next = Math.max(1, next / 2);
    }
}
