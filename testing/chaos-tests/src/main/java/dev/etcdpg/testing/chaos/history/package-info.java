/** Records of a run: the histories of both stores, the logs of the workers, and the journal of the faults. */
package dev.etcdpg.testing.chaos.history;
