package dev.etcdpg.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Compares the set operations with the keys in the ranges, for each pair of ranges over five bounds. */
class RangesTest {

    private static final List<String> BOUNDS = List.of("", "b", "d", "f");
    /** One key at each bound, and one key between two bounds. */
    private static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f", "g");

    private static List<KeyRange> ranges() {
        return BOUNDS.stream()
                .flatMap(after -> BOUNDS.stream().map(through -> new KeyRange(after, through)))
                .toList();
    }

    @Test
    void aRangeWithoutKeysIsEmpty() {
        for (KeyRange range : ranges()) {
            assertThat(Ranges.isEmpty(range))
                    .as("%s", range)
                    .isEqualTo(KEYS.stream().noneMatch(range::contains));
        }
    }

    @Test
    void anIntersectionHasTheKeysOfBoth() {
        for (KeyRange a : ranges()) {
            for (KeyRange b : ranges()) {
                Optional<KeyRange> both = Ranges.intersection(a, b);
                for (String key : KEYS) {
                    assertThat(both.isPresent() && both.get().contains(key))
                            .as("%s in %s and %s", key, a, b)
                            .isEqualTo(a.contains(key) && b.contains(key));
                }
                assertThat(both.isPresent())
                        .isEqualTo(KEYS.stream().anyMatch(key -> a.contains(key) && b.contains(key)));
            }
        }
    }

    @Test
    void aHullBeginsAndEndsWithTheOuterBounds() {
        for (KeyRange a : ranges()) {
            for (KeyRange b : ranges()) {
                if (!Ranges.isEmpty(a) && !Ranges.isEmpty(b)) {
                    KeyRange hull = Ranges.hull(a, b);
                    assertThat(hull.covers(a) && hull.covers(b))
                            .as("%s, %s", a, b)
                            .isTrue();
                    assertThat(hull.after()).isIn(a.after(), b.after());
                    assertThat(hull.through()).isIn(a.through(), b.through());
                }
            }
        }
    }
}
