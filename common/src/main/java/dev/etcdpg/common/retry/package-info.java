/** Retries with backoff and a circuit, for the tasks of all connectors. */
package dev.etcdpg.common.retry;
