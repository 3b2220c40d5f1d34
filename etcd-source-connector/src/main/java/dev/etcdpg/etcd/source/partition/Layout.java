package dev.etcdpg.etcd.source.partition;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * How the keys of a route are cut into ranges, one for each reader. Kept in etcd, so that a restart finds the same ranges and their offsets.
 *
 * @param prefix of the route for which it was made
 * @param number grows with each layout; 0 is the one that was never changed
 * @param ranges without gap or overlap from the first key to the last
 * @param former layouts that were in force before, oldest first, as far as offsets may still be of them
 */
public record Layout(String prefix, long number, List<KeyRange> ranges, List<Former> former) {

    /** A layout that was in force before. */
    public record Former(long number, List<KeyRange> ranges) {}

    private static final int FORMER_KEPT = 16;

    public Layout {
        ranges = List.copyOf(ranges);
        former = List.copyOf(former);
    }

    /** One range. */
    public static Layout whole(String prefix) {
        return new Layout(prefix, 0, List.of(KeyRange.ALL), List.of());
    }

    /** The layout that follows. @param nowMillis so that no number is used twice, even when etcd forgot one */
    public Layout changed(List<KeyRange> to, long nowMillis) {
        List<Former> before = new ArrayList<>(former);
        before.add(new Former(number, ranges));
        int drop = Math.max(0, before.size() - FORMER_KEPT);
        return new Layout(prefix, Math.max(nowMillis, number + 1), to, before.subList(drop, before.size()));
    }

    /** The layout of another prefix: nothing is inherited. */
    public Layout moved(String to, List<KeyRange> cut, long nowMillis) {
        return new Layout(to, Math.max(nowMillis, number + 1), cut, List.of());
    }

    /** The same, but what has no offset has none to inherit. */
    public Layout withoutFormer() {
        return new Layout(prefix, number, ranges, List.of());
    }

    /** Ranges cut at these keys, in order: each is the last of a range. */
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

    /**
     * Where a range begins: at its own offset; or, if it is new, at the lowest of those of the former ranges that it overlaps, so that nothing
     * is left out; what others of them have sent already comes again.
     *
     * @param stored the offset stored for a range, null for none
     * @return null if there is nothing to go on from
     */
    public SourceOffset begin(KeyRange range, Function<KeyRange, SourceOffset> stored) {
        SourceOffset own = stored.apply(range);
        if (own != null && (own.layout() == SourceOffset.ANY_LAYOUT || own.layout() == number)) {
            return own.inLayout(number);
        }
        SourceOffset found = inherited(range, former.size() - 1, stored);
        return found == null ? null : found.inLayout(number);
    }

    private SourceOffset inherited(KeyRange range, int level, Function<KeyRange, SourceOffset> stored) {
        if (level < 0) {
            return null;
        }
        List<SourceOffset> parts = new ArrayList<>();
        for (KeyRange old : former.get(level).ranges()) {
            if (Ranges.intersection(old, range).isPresent()) {
                SourceOffset own = stored.apply(old);
                SourceOffset found =
                        own != null && own.layout() == former.get(level).number()
                                ? own
                                : inherited(old, level - 1, stored);
                if (old.equals(range)) {
                    return found;
                }
                parts.add(found);
            }
        }
        return joined(parts);
    }

    private static SourceOffset joined(List<SourceOffset> parts) {
        List<SourceOffset> known = parts.stream().filter(Objects::nonNull).toList();
        if (known.isEmpty()) {
            return null;
        }
        // what was seen of etcd is taken of the one that was there last, so that another history is noticed
        SourceOffset last = known.get(0);
        SourceOffset first = known.get(0);
        SourceOffset any = known.get(0);
        boolean complete = known.size() == parts.size();
        for (SourceOffset part : known) {
            last = isLater(part, last) ? part : last;
            first = part.revision() < first.revision() ? part : first;
            complete &= part.snapshot() == 0
                    && part.revision() > 0
                    && part.epoch() == any.epoch()
                    && part.cluster().equals(any.cluster())
                    && part.prefix().equals(any.prefix())
                    && part.numbers().length == any.numbers().length;
        }
        long requests =
                known.stream().mapToLong(SourceOffset::requestRevision).min().orElse(0);
        return new SourceOffset(
                last.epoch(),
                last.epochRevision(),
                complete ? first.revision() : 0,
                complete ? 0 : Math.max(last.revision(), last.snapshot()),
                null,
                last.event(),
                last.cluster(),
                last.prefix(),
                0,
                known.stream().mapToLong(SourceOffset::request).min().orElse(0),
                complete ? requests : 0,
                known.stream().mapToLong(SourceOffset::started).max().orElse(0),
                new long[last.numbers().length]);
    }

    private static boolean isLater(SourceOffset a, SourceOffset b) {
        return a.epoch() != b.epoch() ? a.epoch() > b.epoch() : seen(a) > seen(b);
    }

    private static long seen(SourceOffset offset) {
        return Math.max(offset.revision(), offset.snapshot());
    }
}
