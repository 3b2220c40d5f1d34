package dev.etcdpg.etcd.source.offset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.source.partition.Layout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class InheritedOffsetsTest {

    private static final KeyRange LOW = new KeyRange("", "/m");
    private static final KeyRange HIGH = new KeyRange("/m", "");

    private static SourceOffset at(long revision, long layout) {
        return offset(revision, null, layout, revision, revision);
    }

    private static SourceOffset offset(
            long revision, SourceOffset.UnfinishedSnapshot snapshot, long layout, long requests, long number) {
        return new SourceOffset(
                new SourceOffset.History(7, 2, "c", "/"),
                new SourceOffset.Position(revision, null),
                0,
                snapshot,
                new SourceOffset.Requests(requests, requests),
                layout,
                new long[] {number});
    }

    private static SourceOffset start(Layout layout, KeyRange range, Map<KeyRange, SourceOffset> stored) {
        return new InheritedOffsets(layout, stored::get).startOf(range);
    }

    @Test
    void aNewRangeBeginsAtTheLowestOffsetOfThoseBefore() {
        Layout one = Layout.whole("/");
        Layout two = one.changed(List.of(LOW, HIGH), 1_000);
        Map<KeyRange, SourceOffset> stored = new HashMap<>(Map.of(KeyRange.ALL, at(50, 0)));
        assertThat(start(two, LOW, stored).position().revision()).isEqualTo(50);
        assertThat(start(two, LOW, stored).numbers()).containsExactly(0);
        stored.put(LOW, at(60, two.number()));
        stored.put(HIGH, at(70, two.number()));
        assertThat(start(two, LOW, stored).position().revision()).isEqualTo(60);
        // the layout uses the range of all keys again, but not the old offset of this range
        Layout three = two.changed(List.of(KeyRange.ALL), 2_000);
        assertThat(start(three, KeyRange.ALL, stored).position().revision()).isEqualTo(60);
        assertThat(start(three, KeyRange.ALL, stored).layout()).isEqualTo(three.number());
    }

    @Test
    void aRangeThatStaysKeepsItsNumbers() {
        Layout two = Layout.whole("/").changed(List.of(LOW, HIGH), 1_000);
        Layout three = two.changed(List.of(LOW, new KeyRange("/m", "/q"), new KeyRange("/q", "")), 2_000);
        Map<KeyRange, SourceOffset> stored = Map.of(LOW, at(60, two.number()), HIGH, at(70, two.number()));
        assertThat(start(three, LOW, stored).numbers()).containsExactly(60);
        assertThat(start(three, new KeyRange("/q", ""), stored).numbers()).containsExactly(0);
    }

    @Test
    void whatWasNotReadWholeIsReadAgain() {
        Layout two = Layout.whole("/").changed(List.of(LOW, HIGH), 1_000);
        Layout three = two.changed(List.of(KeyRange.ALL), 2_000);
        Map<KeyRange, SourceOffset> stored = new HashMap<>();
        assertThat(start(three, KeyRange.ALL, stored)).isNull();
        stored.put(LOW, at(60, two.number()));
        assertThat(start(three, KeyRange.ALL, stored).position().revision()).isZero();
        assertThat(start(three, KeyRange.ALL, stored).snapshot().revision()).isEqualTo(60);
        OffsetTracker tracker = new OffsetTracker(at(50, 1_000));
        tracker.snapshotBegan(80, HIGH);
        stored.put(HIGH, tracker.offset(new long[1]));
        assertThat(start(three, KeyRange.ALL, stored).position().revision()).isZero();
        assertThat(start(three, KeyRange.ALL, stored).snapshot().revision()).isEqualTo(80);
    }

    @Test
    void offsetsOfAnotherPrefixAreNotInherited() {
        Layout moved = Layout.whole("/a/").moved("/b/", List.of(KeyRange.ALL), 5);
        assertThat(start(moved, KeyRange.ALL, Map.of(KeyRange.ALL, at(50, 0)))).isNull();
    }

    /** Layouts change at any time, and some readers deliver more than others. No range starts after an event that no reader has sent. */
    @Property(tries = 2_000)
    void noRangeGoesOnBeyondWhatWasSent(@ForAll long seed) {
        Random random = new Random(seed);
        Layout layout = Layout.whole("/");
        Map<KeyRange, SourceOffset> stored = new HashMap<>();
        // readers have sent the events of each key from its snapshot through this revision; -1 means no snapshot
        long[] sent = new long[20];
        Arrays.fill(sent, -1);
        long revision = 10;
        for (int step = 0; step < 30; step++) {
            revision += random.nextInt(5);
            if (random.nextInt(4) == 0) {
                TreeSet<String> cuts = new TreeSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    cuts.add(key(random.nextInt(19)));
                }
                layout = layout.changed(Layout.cutAt(List.copyOf(cuts)), layout.number() + 1);
                continue;
            }
            KeyRange range = layout.ranges().get(random.nextInt(layout.ranges().size()));
            SourceOffset begin = start(layout, range, stored);
            boolean snapshots = begin == null || begin.position().revision() == 0;
            boolean finishes = random.nextInt(4) > 0;
            for (int key = 0; key < sent.length; key++) {
                if (range.contains(key(key))) {
                    if (!snapshots) {
                        assertThat(sent[key])
                                .as("key %s of %s from %s", key, range, begin)
                                .isGreaterThanOrEqualTo(begin.position().revision());
                    }
                    if (!snapshots || finishes) {
                        sent[key] = Math.max(sent[key], revision);
                    }
                }
            }
            stored.put(
                    range,
                    snapshots && !finishes
                            ? offset(0, new SourceOffset.UnfinishedSnapshot(revision, range), layout.number(), 0, 0)
                            : at(revision, layout.number()));
        }
    }

    private static String key(int number) {
        return String.format("/k%02d", number);
    }
}
