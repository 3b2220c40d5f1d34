package dev.etcdpg.etcd.kv;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import java.util.Optional;

/** Set operations on key ranges. */
public final class Ranges {

    private Ranges() {}

    /** Returns whether no key can lie in the range. */
    public static boolean isEmpty(KeyRange range) {
        return !range.through().isEmpty() && Utf8.compare(range.after(), range.through()) >= 0;
    }

    /** Returns the keys that lie in both ranges, or empty if there are none. */
    public static Optional<KeyRange> intersection(KeyRange a, KeyRange b) {
        KeyRange both = new KeyRange(
                Utf8.compare(a.after(), b.after()) >= 0 ? a.after() : b.after(),
                isThroughBefore(a.through(), b.through()) ? a.through() : b.through());
        return isEmpty(both) ? Optional.empty() : Optional.of(both);
    }

    /** Returns the smallest range that covers both ranges. */
    public static KeyRange hull(KeyRange a, KeyRange b) {
        return new KeyRange(
                Utf8.compare(a.after(), b.after()) <= 0 ? a.after() : b.after(),
                isThroughBefore(a.through(), b.through()) ? b.through() : a.through());
    }

    /** Returns whether upper bound {@code a} lies before {@code b}. The empty bound lies after all other bounds. */
    private static boolean isThroughBefore(String a, String b) {
        return !a.isEmpty() && (b.isEmpty() || Utf8.compare(a, b) < 0);
    }
}
