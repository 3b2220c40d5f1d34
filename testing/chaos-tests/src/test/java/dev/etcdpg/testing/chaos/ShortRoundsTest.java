package dev.etcdpg.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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

    private static final Set<Kind> REQUESTS = EnumSet.of(
            Kind.PAUSE, Kind.STOP, Kind.RESTART_CONNECTOR, Kind.RESTART_TASK, Kind.RECONFIGURE, Kind.COMPACT_UNSEEN);

    /** A worker that has lost the broker for a moment is there by then. */
    private static final Duration MOMENT = Duration.ofSeconds(4);
    /** And one that was killed. */
    private static final Duration STARTING = Duration.ofSeconds(8);

    private final List<List<Step>> rounds = ShortRounds.SEEDS.stream()
            .map(seed -> new Schedule(seed).round(ShortRounds.FAULTS))
            .toList();
    private final List<Step> drawn = rounds.stream().flatMap(List::stream).toList();

    @Test
    void drawEveryKind() {
        assertThat(Kind.values())
                .allSatisfy(kind -> assertThat(targets(EnumSet.of(kind))).isNotEmpty());
    }

    /** At other times it is foiled more often than not, or hangs. */
    @Test
    void drawEveryRequestWhenConnectIsThere() {
        assertThat(REQUESTS).allSatisfy(kind -> assertThat(rounds).anySatisfy(round -> assertThat(round)
                .filteredOn(step -> step.kind() == kind)
                .anySatisfy(request ->
                        assertThat(round).noneMatch(other -> disturbs(other, request, STARTING, Duration.ZERO)))));
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
                .anySatisfy(freeze -> assertThat(round).noneMatch(other -> disturbs(other, freeze, MOMENT, MOMENT))));
    }

    /** Whether another fault at the broker or a worker ends less than {@code before} before the step, or begins within {@code after} it. */
    private static boolean disturbs(Step other, Step step, Duration before, Duration after) {
        boolean isAtTheBrokerOrAWorker =
                other.target().startsWith("connect-") || other.target().equals("kafka");
        return other != step
                && isAtTheBrokerOrAWorker
                && end(other).compareTo(step.at().minus(before)) > 0
                && other.at().compareTo(end(step).plus(after)) < 0;
    }

    private static Duration end(Step step) {
        return step.at().plus(step.lasts());
    }

    private Set<String> targets(Set<Kind> kinds) {
        return drawn.stream()
                .filter(step -> kinds.contains(step.kind()))
                .map(Step::target)
                .collect(Collectors.toSet());
    }
}
