package dev.etcdpg.testing.protocol.history;

import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Scene;
import dev.etcdpg.testing.protocol.world.Action;
import dev.etcdpg.testing.protocol.world.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Generators of random histories. */
public final class Histories {

    private Histories() {}

    /** @param longest the largest number of actions */
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
                .ofMinSize(1)
                .ofMaxSize(longest)
                .withSizeDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
    }

    /**
     * Returns histories in the given scenes.
     *
     * @param seed selects other histories
     */
    static Arbitrary<History> in(List<Scene> scenes, int longest, long seed) {
        Map<Scene, RandomGenerator<History>> generators = new EnumMap<>(Scene.class);
        for (Scene scene : scenes) {
            generators.put(
                    scene,
                    of(scene.flags(), longest)
                            .map(actions -> new History(scene, actions))
                            .generator(1_000));
        }
        return Arbitraries.fromGenerator(random -> {
            Scene scene = scenes.get(random.nextInt(scenes.size()));
            return generators.get(scene).next(new Random(random.nextLong() ^ seed));
        });
    }
}
