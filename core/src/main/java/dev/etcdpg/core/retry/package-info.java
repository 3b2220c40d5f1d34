/** Retries with backoff and a circuit, for the tasks of all connectors. */
package dev.etcdpg.core.retry;
