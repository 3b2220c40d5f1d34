/** The retry policy of all tasks, deadlines and rate limits. */
@NullMarked
package dev.etcdpg.core.retry;

import org.jspecify.annotations.NullMarked;
