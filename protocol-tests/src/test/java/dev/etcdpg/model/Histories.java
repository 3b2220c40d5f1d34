package dev.etcdpg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Random histories for a world. */
public final class Histories {

    private Histories() {}

    /** @param longest how many actions at most */
    public static Arbitrary<List<Action>> of(Set<Flag> flags, int longest) {
        List<Tuple2<Integer, Kind>> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.needs == null || flags.contains(kind.needs)) {
                kinds.add(Tuple.of(kind.weight, kind));
            }
        }
        Arbitrary<Integer> number = Arbitraries.integers()
                .between(0, 839)
                .withDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
        return Combinators.combine(Arbitraries.frequency(kinds), number, number)
                .as(Action::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(longest)
                .withoutEdgeCases();
    }
}
