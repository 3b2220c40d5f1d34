package dev.etcdpg.testing.chaos;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param at when it begins, since the beginning of its round
 * @param target what it is done to, of {@link Kind#targets()}
 * @param lasts until it is healed
 * @param draw a random number for what else is to be chosen
 */
record Step(Duration at, Kind kind, String target, Duration lasts, long draw) {}
