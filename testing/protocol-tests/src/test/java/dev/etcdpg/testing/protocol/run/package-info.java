/** The conditions, clock, story and violations of the run of a history. */
package dev.etcdpg.testing.protocol.run;
