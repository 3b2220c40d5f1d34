package dev.etcdpg.etcd.source.metrics;

import dev.etcdpg.core.metrics.Count;
import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import java.util.EnumMap;
import java.util.Map;

/** The metrics of one key range. A task can have several key ranges of one route: their numbers are added. Thread-safe. */
public final class RangeMetrics {

    /** The counters of one operation. */
    private record Events(Count number, Count bytes) {

        Events(MetricSet set, String route, String operation) {
            this(
                    set.counter(SourceCatalog.EVENTS, route, operation),
                    set.counter(SourceCatalog.EVENT_BYTES, route, operation));
        }
    }

    private final SourceMetrics task;
    private final MetricSet set;
    private final String route;
    private final Map<Counter, Count> counters = new EnumMap<>(Counter.class);

    private final Events puts;
    private final Events deletes;

    private volatile long seen;
    private volatile long delivered;
    private volatile long epoch;
    private volatile boolean snapshotRuns;
    private volatile long snapshotKeys;
    private volatile long snapshotTotal;

    RangeMetrics(SourceMetrics task, MetricSet set, String route) {
        this.task = task;
        this.set = set;
        this.route = route;
        for (Counter counter : Counter.values()) {
            Metric metric = counter.metric();
            if (metric != null) {
                counters.put(counter, set.counter(metric, route));
            }
        }
        puts = new Events(set, route, "put");
        deletes = new Events(set, route, "delete");
        for (SnapshotReason reason : SnapshotReason.values()) {
            set.counter(SourceCatalog.SNAPSHOTS_STARTED, route, reason.tag());
        }
        for (boolean isAnotherHistory : new boolean[] {true, false}) {
            epochs(isAnotherHistory);
        }
    }

    public void count(Counter counter) {
        task.count(counter);
        Count shown = counters.get(counter);
        if (shown != null) {
            shown.increment();
        }
    }

    /**
     * Counts an event of the watch.
     *
     * @param bytes size of key and value
     */
    public void event(boolean isDelete, long bytes) {
        task.count(Counter.EVENTS);
        Events events = isDelete ? deletes : puts;
        events.number().increment();
        events.bytes().add(bytes);
    }

    /** @param isAnotherHistory whether the epoch has begun because etcd has another history */
    public void epochBegan(boolean isAnotherHistory) {
        task.count(Counter.NEW_EPOCHS);
        epochs(isAnotherHistory).increment();
    }

    private Count epochs(boolean isAnotherHistory) {
        return set.counter(SourceCatalog.NEW_EPOCHS, route, isAnotherHistory ? "history" : "setup");
    }

    /** @param total about how many keys the snapshot has */
    public void snapshotBegan(SnapshotReason reason, long total) {
        task.count(Counter.SNAPSHOTS_BEGUN);
        set.counter(SourceCatalog.SNAPSHOTS_STARTED, route, reason.tag()).increment();
        snapshotKeys = 0;
        snapshotTotal = total;
        snapshotRuns = true;
    }

    /** @param keys number of the keys that the running snapshot has delivered */
    public void snapshotReached(long keys) {
        snapshotKeys = keys;
    }

    /** Notes that no snapshot runs any more. */
    public void snapshotStopped() {
        snapshotRuns = false;
    }

    /**
     * Notes how far the range is read.
     *
     * @param inEpoch the epoch in force
     * @param etcd highest revision that etcd is known to have
     * @param through everything up to and including this revision was delivered
     */
    public void reached(long inEpoch, long etcd, long through) {
        epoch = inEpoch;
        seen = Math.max(etcd, through);
        delivered = through;
    }

    long seen() {
        return seen;
    }

    long delivered() {
        return delivered;
    }

    long epoch() {
        return epoch;
    }

    boolean snapshotRuns() {
        return snapshotRuns;
    }

    long snapshotKeys() {
        return snapshotRuns ? snapshotKeys : 0;
    }

    long snapshotTotal() {
        return snapshotRuns ? snapshotTotal : 0;
    }

    /** Returns the numbers of the task. */
    @Override
    public String toString() {
        return task.toString();
    }
}
