/** What is known of a workload and what came of it, and the judging of it: functions without I/O. */
package dev.etcdpg.testing.chaos.checker;
