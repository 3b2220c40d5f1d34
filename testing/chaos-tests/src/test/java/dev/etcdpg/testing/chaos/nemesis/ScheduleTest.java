package dev.etcdpg.testing.chaos.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration ROUND = Duration.ofSeconds(40);

    @Test
    void dependsOnTheSeedAndOnNothingElse() {
        assertThat(rounds(1, 5)).isEqualTo(rounds(1, 5)).isNotEqualTo(rounds(2, 5));
    }

    @Test
    void faultsBeginInOrderWithinTheRoundAndLastAsLongAsTheirKindDoes() {
        for (ScheduledFault step : rounds(3, 50)) {
            assertThat(step.at()).isBetween(Duration.ZERO, step.kind().isLong() ? ROUND : ROUND.minusMillis(1));
            assertThat(step.lasts().toMillis()).isBetween((long) step.kind().shortestMillis(), (long)
                    step.kind().longestMillis());
            assertThat(step.kind().targets()).contains(step.target());
        }
        assertThat(new Schedule(3).round(ROUND)).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
    }

    @Test
    void everyKindComesSoonAndEveryTargetInTheEnd() {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        rounds(4, 6).forEach(step -> kinds.add(step.kind()));
        assertThat(kinds).containsExactlyInAnyOrder(FaultKind.values());

        Set<String> targets = new HashSet<>();
        Set<String> all = new HashSet<>();
        rounds(4, 40).forEach(step -> targets.add(step.kind() + step.target()));
        for (FaultKind kind : FaultKind.values()) {
            kind.targets().forEach(target -> all.add(kind + target));
        }
        assertThat(targets).isEqualTo(all);
    }

    /** The build has time for short rounds only. */
    @Test
    void eachThirdRoundEndsWithALongFault() {
        Schedule schedule = new Schedule(6);
        for (int round = 1; round <= 9; round++) {
            List<ScheduledFault> steps = schedule.round(ROUND);
            assertThat(steps.stream().filter(step -> step.kind().isLong()).count())
                    .as("round " + round)
                    .isEqualTo(round % 3 == 0 ? 1 : 0);
            assertThat(steps.get(steps.size() - 1).kind().isLong()).isEqualTo(round % 3 == 0);
        }
    }

    @Test
    void faultsOverlap() {
        List<ScheduledFault> steps = new Schedule(5).round(Duration.ofSeconds(400));
        long together = 0;
        for (int i = 1; i < steps.size(); i++) {
            ScheduledFault before = steps.get(i - 1);
            if (before.at().plus(before.lasts()).compareTo(steps.get(i).at()) > 0) {
                together++;
            }
        }
        assertThat(together).isGreaterThan(steps.size() / 4);
    }

    private static List<ScheduledFault> rounds(long seed, int number) {
        Schedule schedule = new Schedule(seed);
        List<ScheduledFault> all = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            all.addAll(schedule.round(ROUND));
        }
        return all;
    }
}
