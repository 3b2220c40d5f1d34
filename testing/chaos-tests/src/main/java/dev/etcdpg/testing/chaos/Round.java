package dev.etcdpg.testing.chaos;

import java.time.Duration;

/**
 * A round that is to be judged.
 *
 * @param length of its faults
 * @param blown what became of them
 * @param isLast whether the run ends with it
 */
record Round(Duration length, Storm.Blown blown, boolean isLast) {}
