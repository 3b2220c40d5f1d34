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
        merge.input(0).add(12, List.of("a"), 1);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(10);
        assertThat(merge.isAwaited(merge.input(1))).isTrue();
        assertThat(merge.isAwaited(merge.input(0))).isFalse();
        merge.input(1).progress(11);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(11);
        merge.input(1).progress(12);
        assertThat(merge.isAwaited(merge.input(1))).isFalse();
        assertThat(merge.next(Long.MAX_VALUE)).contains(new RevisionMerge.Step<>(12, List.of(List.of("a"), List.of())));
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(12);
    }

    @Test
    void oneRevisionOfBothWatchesIsOneStep() {
        merge.input(0).add(12, List.of("a", "b"), 1);
        merge.input(1).add(12, List.of("epoch"), 1);
        assertThat(merge.next(Long.MAX_VALUE))
                .contains(new RevisionMerge.Step<>(12, List.of(List.of("a", "b"), List.of("epoch"))));
    }

    @Test
    void nothingGoesBeyondTheLimit() {
        merge.input(0).add(12, List.of("a"), 1);
        merge.input(1).add(14, List.of("b"), 1);
        merge.input(0).progress(20);
        assertThat(merge.next(12)).isPresent();
        assertThat(merge.next(13)).isEmpty();
        assertThat(merge.through()).isEqualTo(13);
        assertThat(merge.next(14)).isPresent();
    }

    @Test
    void aWatchThatBreaksItsPromiseIsNoticed() {
        merge.input(0).progress(15);
        assertThat(merge.input(0).add(15, List.of("late"), 1)).isFalse();
        assertThat(merge.input(0).backlog()).isZero();
    }

    /** Whatever is received first, every event comes out once, in order, and never before both watches are past it. */
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
        List<TreeSet<Integer>> watches = List.of(data, own);
        long[] at = new long[2];
        List<Long> out = new ArrayList<>();
        for (int step = 0; step < 2_000 && out.size() < union(data, own).size(); step++) {
            int watch = random.nextInt(2);
            Integer next = watches.get(watch).higher((int) at[watch]);
            if (next != null && random.nextInt(4) > empty - 1) {
                at[watch] = next;
                assertThat(merged.input(watch).add(next, List.of(next), 1)).isTrue();
            } else {
                // progress never passes an event that was not delivered
                long until = next == null ? at[watch] + random.nextInt(10) : next - 1;
                at[watch] = Math.max(at[watch], until);
                merged.input(watch).progress(at[watch]);
            }
            Optional<RevisionMerge.Step<Integer>> released;
            long limit = random.nextInt(3) == 0 ? random.nextInt(45) : Long.MAX_VALUE;
            while ((released = merged.next(limit)).isPresent()) {
                long revision = released.get().revision();
                assertThat(revision).isLessThanOrEqualTo(Math.min(at[0], at[1])).isLessThanOrEqualTo(limit);
                assertThat(released.get().events().get(0)).hasSize(data.contains((int) revision) ? 1 : 0);
                assertThat(released.get().events().get(1)).hasSize(own.contains((int) revision) ? 1 : 0);
                out.add(revision);
            }
            long through = merged.through();
            assertThat(union(data, own).stream().filter(r -> r <= through)).hasSize(out.size());
        }
        assertThat(out)
                .containsExactlyElementsOf(
                        union(data, own).stream().map(Integer::longValue).toList());
        assertThat(merged.input(0).backlog() + merged.input(1).backlog()).isZero();
    }

    private static TreeSet<Integer> union(TreeSet<Integer> a, TreeSet<Integer> b) {
        TreeSet<Integer> all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }
}
