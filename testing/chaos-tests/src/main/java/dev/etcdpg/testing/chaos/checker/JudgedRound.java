package dev.etcdpg.testing.chaos.checker;

import java.time.Duration;

/**
 * A round that the checker judges.
 *
 * @param length how long faults could begin
 * @param faultsDrawn faults in the schedule
 * @param faultsDone faults that no other fault prevented
 * @param faultsEnded when the last fault was healed, as {@link System#nanoTime()} has it
 * @param isLast whether the run ends with this round
 */
public record JudgedRound(Duration length, int faultsDrawn, int faultsDone, long faultsEnded, boolean isLast) {}
