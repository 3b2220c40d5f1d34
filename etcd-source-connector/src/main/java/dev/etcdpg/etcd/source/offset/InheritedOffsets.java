package dev.etcdpg.etcd.source.offset;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.Ranges;
import dev.etcdpg.etcd.source.offset.SourceOffset.Position;
import dev.etcdpg.etcd.source.offset.SourceOffset.Requests;
import dev.etcdpg.etcd.source.offset.SourceOffset.UnfinishedSnapshot;
import dev.etcdpg.etcd.source.partition.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the offset at which a key range starts after the route was cut in another way. */
public final class InheritedOffsets {

    private final Layout layout;
    private final Function<KeyRange, @Nullable SourceOffset> stored;

    /** @param stored returns the stored offset of a range, null for none */
    public InheritedOffsets(Layout layout, Function<KeyRange, @Nullable SourceOffset> stored) {
        this.layout = layout;
        this.stored = stored;
    }

    /**
     * Returns the offset at which a range of the layout starts. A range with an offset of its own starts there. A new range starts at the
     * lowest offset of the former ranges that it overlaps: the range then skips no event, and sends some events again that former ranges have
     * sent.
     *
     * @return null if no offset can be used
     */
    public @Nullable SourceOffset startOf(KeyRange range) {
        SourceOffset own = stored.apply(range);
        SourceOffset found = own != null && (own.layout() == SourceOffset.ANY_LAYOUT || own.layout() == layout.number())
                ? own
                : inherit(range, layout.former().size() - 1);
        return found == null ? null : found.inLayout(layout.number());
    }

    private @Nullable SourceOffset inherit(KeyRange range, int level) {
        if (level < 0) {
            return null;
        }
        Layout.Former former = layout.former().get(level);
        List<@Nullable SourceOffset> parts = new ArrayList<>();
        for (KeyRange old : former.ranges()) {
            if (Ranges.intersection(old, range).isPresent()) {
                SourceOffset own = stored.apply(old);
                SourceOffset found = own != null && own.layout() == former.number() ? own : inherit(old, level - 1);
                if (old.equals(range)) {
                    return found;
                }
                parts.add(found);
            }
        }
        return join(parts);
    }

    private static @Nullable SourceOffset join(List<@Nullable SourceOffset> parts) {
        List<SourceOffset> known = parts.stream().filter(Objects::nonNull).toList();
        if (known.isEmpty()) {
            return null;
        }
        // the history comes from the offset that saw etcd last, so that another history is noticed
        SourceOffset last = known.get(0);
        SourceOffset lowest = known.get(0);
        for (SourceOffset part : known) {
            last = isLater(part, last) ? part : last;
            lowest = part.position().revision() < lowest.position().revision() ? part : lowest;
        }
        boolean complete = known.size() == parts.size() && known.stream().allMatch(part -> canJoin(part, known.get(0)));
        return new SourceOffset(
                last.history(),
                new Position(
                        complete ? lowest.position().revision() : 0,
                        last.position().event()),
                known.stream().mapToLong(SourceOffset::started).max().orElse(0),
                complete || last.highestRevision() == 0 ? null : new UnfinishedSnapshot(last.highestRevision(), null),
                new Requests(
                        known.stream()
                                .mapToLong(part -> part.requests().highest())
                                .min()
                                .orElse(0),
                        complete
                                ? known.stream()
                                        .mapToLong(part -> part.requests().answeredThrough())
                                        .min()
                                        .orElse(0)
                                : 0),
                0,
                new long[last.numbers().length]);
    }

    private static boolean canJoin(SourceOffset part, SourceOffset other) {
        return part.snapshot() == null
                && part.position().revision() > 0
                && part.history().epoch() == other.history().epoch()
                && part.history().cluster().equals(other.history().cluster())
                && part.history().prefix().equals(other.history().prefix())
                && part.numbers().length == other.numbers().length;
    }

    private static boolean isLater(SourceOffset a, SourceOffset b) {
        return a.history().epoch() != b.history().epoch()
                ? a.history().epoch() > b.history().epoch()
                : a.highestRevision() > b.highestRevision();
    }
}
