package dev.etcdpg.testing.protocol.history;

import dev.etcdpg.testing.protocol.run.Scene;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random histories of the connectors' own code, with everything else in memory. At the end of each history, both sides are equal and all
 * {@link Verdicts} hold. docs/testing.md lists the properties that choose number, seed, scene and length.
 */
class HistoriesTest {

    private static final long SEED = Long.getLong("histories.seed", 0);
    private static final int LONGEST = Integer.getInteger("histories.longest", 110);
    private static final String SCENE = System.getProperty("histories.scene", "");

    @Property(seed = "1", edgeCases = EdgeCasesMode.NONE)
    void everyHistoryEndsWell(@ForAll("histories") History history) {
        history.mustEndWell();
    }

    @Provide
    Arbitrary<History> histories() {
        List<Scene> scenes = SCENE.isEmpty() ? Arrays.asList(Scene.values()) : List.of(Scene.valueOf(SCENE));
        return Histories.in(scenes, LONGEST, SEED);
    }
}
