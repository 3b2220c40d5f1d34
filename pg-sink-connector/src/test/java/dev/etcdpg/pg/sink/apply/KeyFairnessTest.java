package dev.etcdpg.pg.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.pg.sink.read.KeyInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeyFairnessTest {

    private final KeyFairness fairness = new KeyFairness();

    private static SortedMap<String, SortedMap<String, List<KeyInput>>> works(String... keys) {
        SortedMap<String, SortedMap<String, List<KeyInput>>> works = new TreeMap<>();
        Arrays.stream(keys).forEach(key -> works.computeIfAbsent(key.substring(0, 1), route -> new TreeMap<>())
                .put(key, List.of()));
        return works;
    }

    private List<String> order(String... keys) {
        List<String> order = new ArrayList<>();
        fairness.inOrder(works(keys)).forEach(part -> order.addAll(part.work().keySet()));
        return order;
    }

    @Test
    void aTransactionBeginsWhereTheTimeRanOut() {
        String[] keys = {"a1", "a2", "b1", "b2", "c1"};
        fairness.begin();
        assertThat(order(keys)).containsExactly(keys);
        fairness.applied("a", "a1", true, true);
        fairness.applied("b", "b2", true, false);
        assertThat(order(keys)).containsExactly("b2", "c1", "a1", "a2", "b1");
        assertThat(order("a1", "c1")).containsExactly("c1", "a1");
        assertThat(order("b1")).containsExactly("b1");
    }

    @Test
    void aKeyThatUsedAllOfTheTimeComesLast() {
        fairness.begin();
        fairness.applied("a", "a2", true, false);
        assertThat(order("a1", "a2", "a3", "b1")).containsExactly("a3", "b1", "a1", "a2");
    }

    @Test
    void aBatchThatUsedAllOfTheTimeComesFirstAgain() {
        fairness.begin();
        fairness.applied("a", "a2", false, false);
        assertThat(order("a1", "a2", "a3", "b1")).containsExactly("a2", "a3", "b1", "a1");
    }

    /** Keys that take more than all of the time do not keep the other keys from being applied. */
    @Test
    void everyKeyThatFitsIsApplied() {
        Set<String> left = new LinkedHashSet<>(List.of("a1", "a2!", "a3", "a4!", "a5", "b1!", "b2", "c1"));
        for (int round = 0; round < 16; round++) {
            fairness.begin();
            boolean time = true;
            for (String key : order(left.toArray(String[]::new))) {
                if (time) {
                    time = !key.endsWith("!");
                    fairness.applied(key.substring(0, 1), key, true, time);
                    if (time) {
                        left.remove(key);
                    }
                }
            }
        }
        assertThat(left).containsExactly("a2!", "a4!", "b1!");
    }
}
