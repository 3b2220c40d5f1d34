package dev.etcdpg.etcd.source.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.Ranges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LayoutTest {

    private static String key(int number) {
        return String.format("/k%02d", number);
    }

    @Property(tries = 100)
    void boundsCutKeysOfAnyBytesIntoAboutEqualRanges(
            @ForAll @Size(max = 300) List<@Size(min = 1, max = 4) byte[]> random,
            @ForAll @IntRange(min = 0, max = 1_500) int more,
            @ForAll @IntRange(min = 1, max = 7) int ranges) {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        byte[] prefix = "/p/".getBytes(StandardCharsets.UTF_8);
        for (byte[] tail : random) {
            byte[] key = Arrays.copyOf(prefix, prefix.length + tail.length);
            System.arraycopy(tail, 0, key, prefix.length, tail.length);
            keys.add(key);
        }
        for (int i = 0; i < more; i++) {
            keys.add(("/p/same/long/beginning/" + i).getBytes(StandardCharsets.UTF_8));
        }
        int[] asked = new int[1];
        List<String> bounds = Bisection.bounds(
                KeySpan.prefix("/p/"),
                ranges,
                span -> {
                    asked[0]++;
                    return in(keys, span).size();
                },
                (span, limit) -> in(keys, span).stream().limit(limit).toList());
        assertThat(bounds.size()).isLessThan(ranges);
        assertThat(asked[0]).isLessThan(400 * ranges);
        for (int i = 1; i < bounds.size(); i++) {
            assertThat(Utf8.compare(bounds.get(i - 1), bounds.get(i))).isNegative();
        }
        if (random.isEmpty() && more >= ranges) {
            assertThat(bounds).hasSize(ranges - 1);
            for (KeyRange range : Layout.cutAt(bounds)) {
                long has = keys.stream()
                        .filter(key -> range.contains(new String(key, StandardCharsets.UTF_8)))
                        .count();
                assertThat(has).isBetween((long) more / ranges - 1, (long) more / ranges + 1);
            }
        }
    }

    @Test
    void theNumberGrowsEvenIfTheClockGoesBack() {
        Layout layout = new Layout("/p/", 1_000, List.of(KeyRange.ALL), List.of());
        assertThat(layout.changed(List.of(KeyRange.ALL), 500).number()).isEqualTo(1_001);
        assertThat(layout.changed(List.of(KeyRange.ALL), 2_000).number()).isEqualTo(2_000);
        assertThat(layout.moved("/q/", List.of(KeyRange.ALL), 500).number()).isEqualTo(1_001);
        assertThat(layout.moved("/q/", List.of(KeyRange.ALL), 2_000).number()).isEqualTo(2_000);
    }

    /** An index row of PostgreSQL holds two bounds. */
    @Test
    void aKeyOfHalfAnIndexRowIsNoBound() {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < 500; i++) {
            keys.add(("/p/" + i + (i % 5 == 0 ? "" : "x".repeat(1_500))).getBytes(StandardCharsets.UTF_8));
        }
        List<String> bounds = Bisection.bounds(
                KeySpan.prefix("/p/"), 4, span -> in(keys, span).size(), (span, limit) -> in(keys, span).stream()
                        .limit(limit)
                        .toList());
        assertThat(bounds).hasSize(3).allSatisfy(bound -> assertThat(bound).hasSizeLessThan(1_025));
    }

    private static List<byte[]> in(TreeSet<byte[]> keys, KeySpan span) {
        return new ArrayList<>(
                keys.subSet(span.start().toByteArray(), true, span.end().toByteArray(), false));
    }

    @Property
    void tasksToSpareGoToTheLargestRoutes(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 2_000) Integer> keys,
            @ForAll @IntRange(min = 1, max = 12) int tasks,
            @ForAll @IntRange(min = 1, max = 6) int before) {
        long[] counts = keys.stream().mapToLong(Integer::longValue).toArray();
        int[] now = new int[counts.length];
        Arrays.fill(now, before);
        int[] ranges = Allotment.of(counts, now, tasks, 100);
        assertThat(Arrays.stream(ranges).sum()).isLessThanOrEqualTo(Math.max(tasks, counts.length));
        for (int i = 0; i < ranges.length; i++) {
            assertThat(ranges[i]).isPositive();
            if (ranges[i] > before) {
                assertThat(counts[i] / ranges[i]).isGreaterThanOrEqualTo(100);
            }
        }
        // another allotment keeps the ranges
        assertThat(Allotment.of(counts, ranges, tasks, 100)).containsExactly(ranges);
        assertThat(Allotment.of(new long[counts.length], ranges, tasks, 100)).containsExactly(ranges);
    }

    @Property
    void rangesAreCutAndJoinedAsSets(
            @ForAll @IntRange(max = 5) int a,
            @ForAll @IntRange(max = 5) int b,
            @ForAll @IntRange(max = 5) int c,
            @ForAll @IntRange(max = 5) int d) {
        KeyRange x = new KeyRange(a == 0 ? "" : key(a), b == 0 ? "" : key(b));
        KeyRange y = new KeyRange(c == 0 ? "" : key(c), d == 0 ? "" : key(d));
        for (int i = 1; i < 8; i++) {
            String key = key(i);
            assertThat(Ranges.intersection(x, y).map(r -> r.contains(key)).orElse(false))
                    .isEqualTo(x.contains(key) && y.contains(key));
            if (x.contains(key) || y.contains(key)) {
                assertThat(Ranges.hull(x, y).contains(key)).isTrue();
            }
            if (Ranges.isEmpty(x)) {
                assertThat(x.contains(key)).isFalse();
            }
        }
    }
}
