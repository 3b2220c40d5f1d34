package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The untrusted ranges of a topic partition. */
public final class UntrustedRanges {

    private final Map<KeyRange, UntrustedRange> ranges;

    UntrustedRanges(Map<KeyRange, UntrustedRange> ranges) {
        this.ranges = new HashMap<>(ranges);
    }

    UntrustedRanges copy() {
        return new UntrustedRanges(ranges);
    }

    public Map<KeyRange, UntrustedRange> all() {
        return Map.copyOf(ranges);
    }

    public boolean contains(String key) {
        return ranges.keySet().stream().anyMatch(range -> range.contains(key));
    }

    /** Returns whether the snapshot request of a range must still be made. */
    public boolean hasUnrequested() {
        return ranges.values().stream().anyMatch(range -> !range.isRequested());
    }

    /** Adds a range whose records were lost. */
    void add(KeyRange range, long epoch, long nowMs) {
        ranges.put(range, new UntrustedRange(UntrustedRange.NOT_REQUESTED, epoch, nowMs, false));
    }

    /** Records that a snapshot request was made for the range. */
    public void requested(KeyRange range, long request) {
        ranges.computeIfPresent(range, (r, untrusted) -> untrusted.requested(request));
    }

    /**
     * Makes the range of an end mark trustworthy, if its snapshot began after the loss. If the end mark covers an untrusted range only in part,
     * because the source has cut the keys into other ranges meanwhile, the rest of the range stays untrusted.
     *
     * @return the ranges that are trustworthy now, or were replaced
     */
    public List<KeyRange> trust(KeyRange read, long request) {
        List<KeyRange> removed = new ArrayList<>();
        Map<KeyRange, UntrustedRange> left = new HashMap<>();
        ranges.forEach((range, untrusted) -> {
            List<KeyRange> rest = without(range, read);
            if (rest.equals(List.of(range))) {
                return;
            }
            boolean trusted = request >= untrusted.request() || untrusted.endSeen();
            if (trusted || !rest.isEmpty()) {
                removed.add(range);
            }
            rest.forEach(part -> left.put(part, untrusted));
            if (!trusted) {
                left.put(intersection(range, read), untrusted.withEndSeen());
            }
        });
        removed.forEach(ranges::remove);
        ranges.putAll(left);
        return removed;
    }

    private static KeyRange intersection(KeyRange range, KeyRange other) {
        String after = Utf8.compare(range.after(), other.after()) < 0 ? other.after() : range.after();
        boolean endsWithRange = other.through().isEmpty()
                || !range.through().isEmpty() && Utf8.compare(range.through(), other.through()) <= 0;
        return new KeyRange(after, endsWithRange ? range.through() : other.through());
    }

    /** Returns the keys of one range that are not in another: the range itself, or up to two parts of the range. */
    private static List<KeyRange> without(KeyRange range, KeyRange other) {
        boolean apart = (!other.through().isEmpty() && Utf8.compare(other.through(), range.after()) <= 0)
                || (!range.through().isEmpty() && Utf8.compare(range.through(), other.after()) <= 0);
        if (apart) {
            return List.of(range);
        }
        List<KeyRange> rest = new ArrayList<>();
        if (Utf8.compare(range.after(), other.after()) < 0) {
            rest.add(new KeyRange(range.after(), other.after()));
        }
        boolean continues = !other.through().isEmpty()
                && (range.through().isEmpty() || Utf8.compare(other.through(), range.through()) < 0);
        if (continues) {
            rest.add(new KeyRange(other.through(), range.through()));
        }
        return rest;
    }
}
