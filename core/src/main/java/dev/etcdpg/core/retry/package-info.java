/** When to try again, and when to give up: the retry policy of all tasks, deadlines and rate limits. */
package dev.etcdpg.core.retry;
