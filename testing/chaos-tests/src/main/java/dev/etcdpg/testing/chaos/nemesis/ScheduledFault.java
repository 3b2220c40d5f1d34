package dev.etcdpg.testing.chaos.nemesis;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param at when it begins, since the beginning of its round
 * @param target what it is done to, of {@link FaultKind#targets()}
 * @param lasts until it is healed
 * @param draw a random number for what else is to be chosen
 */
public record ScheduledFault(Duration at, FaultKind kind, String target, Duration lasts, long draw) {}
