package dev.etcdpg.testing.chaos.nemesis;

import java.time.Duration;

/**
 * A fault of a schedule.
 *
 * @param at when the fault begins, from the beginning of its round
 * @param target one of {@link FaultKind#targets()}
 * @param lasts how long the fault lasts until it is healed
 * @param draw a random number for further choices
 */
public record ScheduledFault(Duration at, FaultKind kind, String target, Duration lasts, long draw) {}
