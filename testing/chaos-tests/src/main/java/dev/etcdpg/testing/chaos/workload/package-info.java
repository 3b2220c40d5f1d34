/** Writers on both sides, which write straight to the stores. */
package dev.etcdpg.testing.chaos.workload;
