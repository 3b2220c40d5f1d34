/** Faults, the schedule that draws them, and the recovery from them. */
package dev.etcdpg.testing.chaos.nemesis;
