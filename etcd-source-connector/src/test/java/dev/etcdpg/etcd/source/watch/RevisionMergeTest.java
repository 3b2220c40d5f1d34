package dev.etcdpg.etcd.source.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RevisionMergeTest {

    private final RevisionMerge<String> merge = new RevisionMerge<>(2, 10);

    @Test
    void anEventWaitsUntilTheOtherWatchIsPastIt() {
        merge.events(0, 12, List.of("a"), 1);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(10);
        assertThat(merge.waitsFor(1)).isTrue();
        assertThat(merge.waitsFor(0)).isFalse();
        merge.progress(1, 11);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(11);
        merge.progress(1, 12);
        assertThat(merge.waitsFor(1)).isFalse();
        assertThat(merge.next(Long.MAX_VALUE)).contains(new RevisionMerge.Step<>(12, List.of(List.of("a"), List.of())));
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(12);
    }

    @Test
    void oneRevisionOfBothWatchesIsOneStep() {
        merge.events(0, 12, List.of("a", "b"), 1);
        merge.events(1, 12, List.of("epoch"), 1);
        assertThat(merge.next(Long.MAX_VALUE))
                .contains(new RevisionMerge.Step<>(12, List.of(List.of("a", "b"), List.of("epoch"))));
    }

    @Test
    void nothingGoesBeyondTheLimit() {
        merge.events(0, 12, List.of("a"), 1);
        merge.events(1, 14, List.of("b"), 1);
        merge.progress(0, 20);
        assertThat(merge.next(12)).isPresent();
        assertThat(merge.next(13)).isEmpty();
        assertThat(merge.through()).isEqualTo(13);
        assertThat(merge.next(14)).isPresent();
    }

    @Test
    void aWatchThatBreaksItsPromiseIsNoticed() {
        merge.progress(0, 15);
        assertThat(merge.events(0, 15, List.of("late"), 1)).isFalse();
        assertThat(merge.backlog(0)).isZero();
    }

    /** However the two watches are received, everything comes out once, in order, and nothing before both are past it. */
    @Property(tries = 2_000)
    void isTheOrderOfRevisions(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 30) int events, @ForAll @IntRange(max = 3) int empty) {
        Random random = new Random(seed);
        TreeSet<Integer> data = new TreeSet<>();
        TreeSet<Integer> own = new TreeSet<>();
        for (int i = 0; i < events; i++) {
            (random.nextBoolean() ? data : own).add(1 + random.nextInt(40));
        }
        RevisionMerge<Integer> merged = new RevisionMerge<>(2, 0);
        List<TreeSet<Integer>> lanes = List.of(data, own);
        long[] at = new long[2];
        List<Long> out = new ArrayList<>();
        for (int step = 0; step < 2_000 && out.size() < union(data, own).size(); step++) {
            int lane = random.nextInt(2);
            Integer next = lanes.get(lane).higher((int) at[lane]);
            if (next != null && random.nextInt(4) > empty - 1) {
                at[lane] = next;
                assertThat(merged.events(lane, next, List.of(next), 1)).isTrue();
            } else {
                // progress never passes an event that was not delivered
                long until = next == null ? at[lane] + random.nextInt(10) : next - 1;
                at[lane] = Math.max(at[lane], until);
                merged.progress(lane, at[lane]);
            }
            Optional<RevisionMerge.Step<Integer>> released;
            long limit = random.nextInt(3) == 0 ? random.nextInt(45) : Long.MAX_VALUE;
            while ((released = merged.next(limit)).isPresent()) {
                long revision = released.get().revision();
                assertThat(revision).isLessThanOrEqualTo(Math.min(at[0], at[1])).isLessThanOrEqualTo(limit);
                assertThat(released.get().lanes().get(0)).hasSize(data.contains((int) revision) ? 1 : 0);
                assertThat(released.get().lanes().get(1)).hasSize(own.contains((int) revision) ? 1 : 0);
                out.add(revision);
            }
            long through = merged.through();
            assertThat(union(data, own).stream().filter(r -> r <= through)).hasSize(out.size());
        }
        assertThat(out)
                .containsExactlyElementsOf(
                        union(data, own).stream().map(Integer::longValue).toList());
        assertThat(merged.backlog(0) + merged.backlog(1)).isZero();
    }

    private static TreeSet<Integer> union(TreeSet<Integer> a, TreeSet<Integer> b) {
        TreeSet<Integer> all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }
}
