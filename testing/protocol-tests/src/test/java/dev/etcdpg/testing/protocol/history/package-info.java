/** Random histories, and the verdicts about a world at rest. */
package dev.etcdpg.testing.protocol.history;
