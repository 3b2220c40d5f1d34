package dev.etcdpg.etcd.source;

import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * Objects that the readers of a task share with the task.
 *
 * @param wakeUp wakes the thread that polls
 * @param clock the time of records, chain numbers and epochs
 * @param nanoTime has the semantics of {@link System#nanoTime()}
 */
public record ReaderEnvironment(Runnable wakeUp, Clock clock, LongSupplier nanoTime, SourceMetrics metrics) {

    /** Returns the environment of a task outside of tests. */
    static ReaderEnvironment of(Runnable wakeUp, SourceMetrics metrics) {
        return new ReaderEnvironment(wakeUp, Clock.systemUTC(), System::nanoTime, metrics);
    }
}
