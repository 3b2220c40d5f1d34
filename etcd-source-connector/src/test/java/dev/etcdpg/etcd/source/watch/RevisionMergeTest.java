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
        merge.input(0).add(12, List.of("a"), 1, true);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(10);
        assertThat(merge.isAwaited(merge.input(1))).isTrue();
        assertThat(merge.isAwaited(merge.input(0))).isFalse();
        merge.input(1).progress(11);
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(11);
        merge.input(1).progress(12);
        assertThat(merge.isAwaited(merge.input(1))).isFalse();
        assertThat(merge.next(Long.MAX_VALUE))
                .contains(new RevisionMerge.Step<>(12, List.of(List.of("a"), List.of()), true));
        assertThat(merge.next(Long.MAX_VALUE)).isEmpty();
        assertThat(merge.through()).isEqualTo(12);
    }

    @Test
    void oneRevisionOfBothWatchesIsOneStep() {
        merge.input(0).add(12, List.of("a", "b"), 1, true);
        merge.input(1).add(12, List.of("epoch"), 1, true);
        assertThat(merge.next(Long.MAX_VALUE))
                .contains(new RevisionMerge.Step<>(12, List.of(List.of("a", "b"), List.of("epoch")), true));
    }

    @Test
    void nothingGoesBeyondTheLimit() {
        merge.input(0).add(12, List.of("a"), 1, true);
        merge.input(1).add(14, List.of("b"), 1, true);
        merge.input(0).progress(20);
        assertThat(merge.next(12)).isPresent();
        assertThat(merge.next(13)).isEmpty();
        assertThat(merge.through()).isEqualTo(13);
        assertThat(merge.next(14)).isPresent();
    }

    @Test
    void aWatchThatBreaksItsPromiseIsNoticed() {
        merge.input(0).progress(15);
        assertThat(merge.input(0).add(15, List.of("late"), 1, true)).isFalse();
        assertThat(merge.input(0).backlog()).isZero();
    }

    @Test
    void aLargeRevisionIsReturnedInPartsAsSoonAsTheOtherWatchHasReachedIt() {
        merge.input(1).add(11, List.of("before"), 1, true);
        merge.input(0).add(12, List.of("a"), 1, false);
        assertThat(merge.next(11)).contains(new RevisionMerge.Step<>(11, List.of(List.of(), List.of("before")), true));
        assertThat(merge.next(11)).isEmpty();
        assertThat(merge.next(12)).contains(new RevisionMerge.Step<>(12, List.of(List.of("a"), List.of()), false));
        assertThat(merge.through()).isEqualTo(11);
        merge.input(1).add(12, List.of("own"), 1, true);
        assertThat(merge.next(12)).isEmpty();
        merge.input(0).add(12, List.of("b"), 1, false);
        assertThat(merge.next(12)).contains(new RevisionMerge.Step<>(12, List.of(List.of("b"), List.of()), false));
        merge.input(0).progress(12);
        assertThat(merge.next(12)).contains(new RevisionMerge.Step<>(12, List.of(List.of(), List.of("own")), true));
        assertThat(merge.through()).isEqualTo(12);
    }

    @Test
    void aWatchThatBeginsAgainSendsTheWholeRevisionAgain() {
        merge.input(1).progress(20);
        merge.input(0).add(11, List.of("x"), 1, true);
        merge.input(0).add(12, List.of("a"), 1, false);
        merge.input(0).add(12, List.of("b"), 1, false);
        merge.input(0).restart();
        assertThat(merge.input(0).frontier()).isEqualTo(11);
        assertThat(merge.input(0).backlog()).isEqualTo(1);
        merge.input(0).add(12, List.of("a"), 1, false);
        merge.input(0).add(12, List.of("b"), 1, true);
        merge.input(0).progress(20);
        List<String> out = new ArrayList<>();
        for (var step = merge.next(20); step.isPresent(); step = merge.next(20)) {
            out.addAll(step.get().events().get(0));
            assertThat(merge.through()).isEqualTo(step.get().last() ? step.get().revision() : 11);
        }
        assertThat(out).containsExactly("x", "a", "b");
        assertThat(merge.through()).isEqualTo(20);
    }

    /** Both watches send some revisions in parts and restart at any moment. The merge returns all parts of each revision, in order. */
    @Property(tries = 2_000)
    void partsOfARevisionStayTogether(@ForAll long seed) {
        Random random = new Random(seed);
        int revisions = 12;
        int[][] parts = new int[2][revisions + 1];
        for (int revision = 1; revision <= revisions; revision++) {
            parts[0][revision] = random.nextInt(4);
            parts[1][revision] = random.nextInt(3);
        }
        RevisionMerge<String> merged = new RevisionMerge<>(2, 0);
        long[] at = {1, 1};
        int[] part = new int[2];
        List<String> revision = new ArrayList<>();
        long done = 0;
        for (int step = 0; step < 5_000 && done < revisions; step++) {
            int watch = random.nextInt(2);
            if (random.nextInt(30) == 0) {
                merged.input(watch).restart();
                at[watch] = merged.input(watch).frontier() + 1;
                part[watch] = 0;
            } else if (at[watch] <= revisions) {
                int r = (int) at[watch];
                if (part[watch] < parts[watch][r]) {
                    boolean last = part[watch] + 1 == parts[watch][r] && random.nextBoolean();
                    assertThat(merged.input(watch).add(r, List.of(watch + ":" + part[watch]++), 1, last))
                            .isTrue();
                } else {
                    merged.input(watch).progress(r);
                }
                if (part[watch] == parts[watch][r] && merged.input(watch).frontier() == r) {
                    at[watch]++;
                    part[watch] = 0;
                }
            }
            for (var next = merged.next(Long.MAX_VALUE); next.isPresent(); next = merged.next(Long.MAX_VALUE)) {
                long r = next.get().revision();
                assertThat(r).isGreaterThan(done);
                next.get().events().forEach(revision::addAll);
                if (next.get().last()) {
                    // the last attempt returns all parts; earlier attempts may have returned their first parts
                    List<String> whole = new ArrayList<>();
                    for (int w = 0; w < 2; w++) {
                        for (int p = 0; p < parts[w][(int) r]; p++) {
                            whole.add(w + ":" + p);
                        }
                    }
                    assertThat(revision).containsSubsequence(whole);
                    revision.clear();
                    done = r;
                }
            }
            done = Math.max(done, merged.through());
        }
        assertThat(done).isEqualTo(revisions);
        assertThat(merged.input(0).backlog() + merged.input(1).backlog()).isZero();
    }

    /** The merge returns every event once and in order, after both watches have reached its revision. Either watch may be ahead. */
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
                assertThat(merged.input(watch).add(next, List.of(next), 1, true))
                        .isTrue();
            } else {
                // progress never passes an undelivered event
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
