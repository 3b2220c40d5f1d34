package dev.etcdpg.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.nemesis.FaultKind;
import dev.etcdpg.testing.chaos.nemesis.Links;
import dev.etcdpg.testing.chaos.nemesis.Schedule;
import dev.etcdpg.testing.chaos.nemesis.ScheduledFault;
import dev.etcdpg.testing.stack.Examples;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checks the faults of each build. No other test notices that a build no longer kills etcd, because a round without that fault passes too. */
class ShortRoundsTest {
    private static final Set<FaultKind> OF_A_LINK = EnumSet.of(
            FaultKind.CUT, FaultKind.CUT_AFTER_BYTES, FaultKind.SWALLOW, FaultKind.SWALLOW_AND_CUT, FaultKind.REFUSE);
    private static final Set<FaultKind> OF_A_CONNECTOR = EnumSet.of(FaultKind.PAUSE, FaultKind.STOP);

    private static final Set<FaultKind> REQUESTS = EnumSet.of(
            FaultKind.PAUSE,
            FaultKind.STOP,
            FaultKind.RESTART_CONNECTOR,
            FaultKind.RESTART_TASK,
            FaultKind.RECONFIGURE,
            FaultKind.COMPACT_UNSEEN);

    /** After this time a worker has recovered from a short loss of the broker. */
    private static final Duration MOMENT = Duration.ofSeconds(4);
    /** After this time a killed worker runs again. */
    private static final Duration STARTING = Duration.ofSeconds(8);

    private final List<List<ScheduledFault>> rounds = ShortRounds.SEEDS.stream()
            .map(seed -> new Schedule(seed).round(ShortRounds.FAULTS))
            .toList();
    private final List<ScheduledFault> drawn =
            rounds.stream().flatMap(List::stream).toList();

    @Test
    void oneStackIsSecuredAndOneIsNot() {
        assertThat(ShortRounds.SEEDS).contains(ShortRounds.SECURED).hasSizeGreaterThan(1);
    }

    @Test
    void drawEveryKind() {
        assertThat(FaultKind.values())
                .filteredOn(kind -> !kind.isLong())
                .allSatisfy(kind -> assertThat(targets(EnumSet.of(kind))).isNotEmpty());
    }

    /** At other times a request mostly fails or hangs. */
    @Test
    void drawEveryRequestWhenConnectIsThere() {
        assertThat(REQUESTS).allSatisfy(kind -> assertThat(rounds).anySatisfy(round -> assertThat(round)
                .filteredOn(step -> step.kind() == kind)
                .anySatisfy(request ->
                        assertThat(round).noneMatch(other -> disturbs(other, request, STARTING, Duration.ZERO)))));
    }

    @Test
    void killAndFreezeEveryServer() {
        for (FaultKind kind : List.of(FaultKind.KILL, FaultKind.FREEZE_WORKER, FaultKind.FREEZE_SERVER)) {
            assertThat(targets(EnumSet.of(kind))).as(kind.name()).hasSameElementsAs(kind.targets());
        }
    }

    @Test
    void breakEveryLink() {
        assertThat(targets(OF_A_LINK)).hasSameElementsAs(Links.NAMES);
    }

    @Test
    void haltEveryConnector() {
        assertThat(targets(OF_A_CONNECTOR)).hasSameElementsAs(Examples.NAMES);
    }

    /** Tasks move to the other worker, and the frozen worker wakes up with its tasks. No other fault may prevent this. */
    @Test
    void wakeAZombieUp() {
        assertThat(rounds).anySatisfy(round -> assertThat(round)
                .filteredOn(step -> step.kind() == FaultKind.FREEZE_WORKER)
                .anySatisfy(freeze -> assertThat(round).noneMatch(other -> disturbs(other, freeze, MOMENT, MOMENT))));
    }

    /** Whether another fault at the broker or a worker ends less than {@code before} before the step, or begins within {@code after} it. */
    private static boolean disturbs(ScheduledFault other, ScheduledFault step, Duration before, Duration after) {
        boolean isAtTheBrokerOrAWorker =
                other.target().startsWith("connect-") || other.target().equals("kafka");
        return other != step
                && isAtTheBrokerOrAWorker
                && end(other).compareTo(step.at().minus(before)) > 0
                && other.at().compareTo(end(step).plus(after)) < 0;
    }

    private static Duration end(ScheduledFault step) {
        return step.at().plus(step.lasts());
    }

    private Set<String> targets(Set<FaultKind> kinds) {
        return drawn.stream()
                .filter(step -> kinds.contains(step.kind()))
                .map(ScheduledFault::target)
                .collect(Collectors.toSet());
    }
}
