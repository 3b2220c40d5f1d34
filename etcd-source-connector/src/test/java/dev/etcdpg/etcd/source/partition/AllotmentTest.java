package dev.etcdpg.etcd.source.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllotmentTest {

    private static final long MIN_KEYS = 100;

    private static int[] of(long[] keys, int[] before, int tasks) {
        return Allotment.of(keys, before, tasks, MIN_KEYS);
    }

    @Test
    void everyRouteGetsARangeEvenIfThereAreFewerTasks() {
        assertThat(of(new long[] {5_000, 5_000, 0}, new int[] {1, 1, 1}, 2)).containsExactly(1, 1, 1);
        assertThat(of(new long[0], new int[0], 3)).isEmpty();
    }

    @Test
    void spareTasksGoToTheRouteWhoseRangesAreLargest() {
        assertThat(of(new long[] {1_000, 9_000}, new int[] {1, 1}, 4)).containsExactly(1, 3);
        assertThat(of(new long[] {9_000, 1_000}, new int[] {1, 1}, 4)).containsExactly(3, 1);
        assertThat(of(new long[] {3_000, 4_000}, new int[] {1, 1}, 4)).containsExactly(2, 2);
        // the first of two equal routes gets the spare task
        assertThat(of(new long[] {4_000, 4_000}, new int[] {1, 1}, 3)).containsExactly(2, 1);
    }

    @Test
    void noRangeIsMadeWithFewerKeysThanTheSmallest() {
        assertThat(of(new long[] {200}, new int[] {1}, 8)).containsExactly(2);
        assertThat(of(new long[] {199}, new int[] {1}, 8)).containsExactly(1);
        assertThat(of(new long[] {799}, new int[] {1}, 8)).containsExactly(7);
    }

    @Test
    void aRouteThatIsCutStaysCutAsLongAsThereAreTasks() {
        assertThat(of(new long[] {10, 9_000}, new int[] {3, 1}, 4)).containsExactly(3, 1);
        assertThat(of(new long[] {10, 9_000}, new int[] {3, 1}, 5)).containsExactly(3, 2);
        assertThat(of(new long[] {10, 10}, new int[] {3, 3}, 4)).containsExactly(3, 1);
        assertThat(of(new long[] {10, 10}, new int[] {5, 5}, 3)).containsExactly(2, 1);
        assertThat(of(new long[] {10, 10}, new int[] {2, 2}, 1)).containsExactly(1, 1);
    }
}
