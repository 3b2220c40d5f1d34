package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.KeyRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the keys of a route into ranges, one for each reader. etcd stores the layout, so that a restart finds the same ranges and their
 * offsets.
 *
 * @param prefix the route's prefix when the layout was made
 * @param number grows with each layout; 0 for a layout that never changed
 * @param ranges cover all keys without gap or overlap, in order
 * @param former the earlier layouts that stored offsets may belong to, oldest first
 */
public record Layout(String prefix, long number, List<KeyRange> ranges, List<Former> former) {

    /** An earlier layout. */
    public record Former(long number, List<KeyRange> ranges) {}

    private static final int FORMER_KEPT = 16;

    public Layout {
        ranges = List.copyOf(ranges);
        former = List.copyOf(former);
    }

    /** Returns the layout of a route with one range. */
    public static Layout whole(String prefix) {
        return new Layout(prefix, 0, List.of(KeyRange.ALL), List.of());
    }

    /**
     * Returns the layout that follows this one.
     *
     * @param nowMillis the time; it keeps numbers unique even if etcd was restored and lost a layout
     */
    public Layout changed(List<KeyRange> to, long nowMillis) {
        List<Former> before = new ArrayList<>(former);
        before.add(new Former(number, ranges));
        int drop = Math.max(0, before.size() - FORMER_KEPT);
        return new Layout(prefix, Math.max(nowMillis, number + 1), to, before.subList(drop, before.size()));
    }

    /** Returns the layout for another prefix. Its ranges inherit no offsets. */
    public Layout moved(String to, List<KeyRange> cut, long nowMillis) {
        return new Layout(to, Math.max(nowMillis, number + 1), cut, List.of());
    }

    /** Returns this layout without its former layouts: a range without an offset inherits none. */
    public Layout withoutFormer() {
        return new Layout(prefix, number, ranges, List.of());
    }

    /** @param keys the last key of each range but the last range, in order */
    public static List<KeyRange> cutAt(List<String> keys) {
        List<KeyRange> cut = new ArrayList<>();
        String after = "";
        for (String key : keys) {
            cut.add(new KeyRange(after, key));
            after = key;
        }
        cut.add(new KeyRange(after, ""));
        return cut;
    }
}
