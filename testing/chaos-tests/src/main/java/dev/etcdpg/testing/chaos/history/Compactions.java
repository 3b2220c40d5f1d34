package dev.etcdpg.testing.chaos.history;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** The compactions of etcd that a snapshot may be made for. Thread-safe. */
public final class Compactions {
    /** A source that is restarted goes on where it was at its last heartbeat, so it may yet find one that is older than a judgement. */
    private static final Duration YET_TO_BE_FOUND = Duration.ofSeconds(20);

    private final LongSupplier nanoTime;
    private final TreeMap<Long, Long> times = new TreeMap<>();

    /** @param nanoTime like {@link System#nanoTime()} */
    public Compactions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** To be told before it is tried: without an answer it may be done all the same. */
    public synchronized void begins(long revision) {
        times.put(revision, nanoTime.getAsLong());
    }

    /** Revisions to which etcd was compacted. */
    public synchronized NavigableSet<Long> revisions() {
        return new TreeSet<>(times.keySet());
    }

    /** Forgets those that no source can find any more. */
    public synchronized void forget() {
        long now = nanoTime.getAsLong();
        times.values().removeIf(time -> now - time > YET_TO_BE_FOUND.toNanos());
    }
}
