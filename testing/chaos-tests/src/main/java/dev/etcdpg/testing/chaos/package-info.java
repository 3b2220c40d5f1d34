/**
 * Chaos tests: the whole system under a workload and faults, in rounds. After each round a checker judges the history.
 *
 * <p>The words are Jepsen's:
 *
 * <ul>
 *   <li>{@link dev.etcdpg.testing.chaos.workload}: writers on both sides.
 *   <li>{@link dev.etcdpg.testing.chaos.nemesis}: faults, their schedule, and recovery.
 *   <li>{@link dev.etcdpg.testing.chaos.history}: records of the run, which do not come from the connectors' code.
 *   <li>{@link dev.etcdpg.testing.chaos.checker}: judges the history.
 * </ul>
 *
 * {@link dev.etcdpg.testing.chaos.ChaosRun} brings them together and reports.
 */
package dev.etcdpg.testing.chaos;
