package dev.etcdpg.sandbox.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Nothing else would notice that a build no longer kills etcd, say: a round without it holds as well. */
class ShortRoundsTest {
    private static final Set<Kind> OF_A_LINK =
            EnumSet.of(Kind.CUT, Kind.CUT_AFTER_BYTES, Kind.SWALLOW, Kind.SWALLOW_AND_CUT, Kind.REFUSE);
    private static final Set<Kind> OF_A_CONNECTOR = EnumSet.of(Kind.PAUSE, Kind.STOP);

    /** A worker that starts, or has lost the broker for a moment, is there by then. */
    private static final Duration MOMENT = Duration.ofSeconds(4);

    private final List<List<Step>> rounds = ShortRounds.SEEDS.stream()
            .map(seed -> new Schedule(seed).round(ShortRounds.FAULTS))
            .toList();
    private final List<Step> drawn = rounds.stream().flatMap(List::stream).toList();

    @Test
    void drawEveryKind() {
        assertThat(Arrays.stream(Kind.values()))
                .allSatisfy(kind -> assertThat(targets(EnumSet.of(kind))).isNotEmpty());
    }

    @Test
    void killAndFreezeEveryServer() {
        for (Kind kind : List.of(Kind.KILL, Kind.FREEZE_WORKER, Kind.FREEZE_SERVER)) {
            assertThat(targets(EnumSet.of(kind))).as(kind.name()).hasSameElementsAs(kind.targets());
        }
    }

    @Test
    void breakEveryLink() {
        assertThat(targets(OF_A_LINK)).hasSameElementsAs(Links.NAMES);
    }

    @Test
    void haltEveryConnector() {
        assertThat(targets(OF_A_CONNECTOR)).hasSameElementsAs(Connectors.NAMES);
    }

    /** Tasks move to the other worker, and the frozen one wakes up and still has them: no other fault takes that away. */
    @Test
    void wakeAZombieUp() {
        assertThat(rounds).anySatisfy(round -> assertThat(round)
                .filteredOn(step -> step.kind() == Kind.FREEZE_WORKER)
                .anySatisfy(freeze -> assertThat(round).noneMatch(other -> disturbs(other, freeze))));
    }

    private static boolean disturbs(Step other, Step freeze) {
        boolean isAtTheBrokerOrAWorker =
                other.target().startsWith("connect-") || other.target().equals("kafka");
        return other != freeze
                && isAtTheBrokerOrAWorker
                && other.at().plus(other.lasts()).compareTo(freeze.at().minus(MOMENT)) > 0
                && other.at().compareTo(freeze.at().plus(freeze.lasts()).plus(MOMENT)) < 0;
    }

    private Set<String> targets(Set<Kind> kinds) {
        return drawn.stream()
                .filter(step -> kinds.contains(step.kind()))
                .map(Step::target)
                .collect(Collectors.toSet());
    }
}
