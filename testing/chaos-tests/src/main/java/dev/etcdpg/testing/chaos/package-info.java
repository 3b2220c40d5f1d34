/** {@code ./sandbox torture}: writers on both sides, faults in between, and the judgement of what came of it. */
package dev.etcdpg.testing.chaos;
