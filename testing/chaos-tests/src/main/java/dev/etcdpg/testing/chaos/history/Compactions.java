package dev.etcdpg.testing.chaos.history;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** The compactions of etcd that can be the reason of a snapshot. Thread-safe. */
public final class Compactions {
    /** A restarted source continues from its last heartbeat, so it can find a compaction that is older than the last check. */
    private static final Duration YET_TO_BE_FOUND = Duration.ofSeconds(20);

    private final LongSupplier nanoTime;
    private final TreeMap<Long, Long> times = new TreeMap<>();

    /** @param nanoTime replaces {@link System#nanoTime()} */
    public Compactions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records a compaction. Call this method before the request, because etcd can compact even if its answer is lost. */
    public synchronized void begins(long revision) {
        times.put(revision, nanoTime.getAsLong());
    }

    /** Returns the revisions of the compactions. */
    public synchronized NavigableSet<Long> revisions() {
        return new TreeSet<>(times.keySet());
    }

    /** Forgets compactions that no source can find any more. */
    public synchronized void forget() {
        long now = nanoTime.getAsLong();
        times.values().removeIf(time -> now - time > YET_TO_BE_FOUND.toNanos());
    }
}
