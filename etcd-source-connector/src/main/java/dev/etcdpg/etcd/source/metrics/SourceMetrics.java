package dev.etcdpg.etcd.source.metrics;

import dev.etcdpg.core.metrics.Distribution;
import dev.etcdpg.core.metrics.Metric;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.core.retry.RetryMetrics;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the work of a task since its start. Thread-safe. */
public final class SourceMetrics {

    /** What is counted of a route. Events, begun snapshots and new epochs are shown with a tag more. */
    public enum Counter {
        EVENTS(null),
        SNAPSHOTS_BEGUN(null),
        SNAPSHOTS_ENDED(SourceCatalog.SNAPSHOTS_ENDED),
        SNAPSHOT_ROWS(SourceCatalog.SNAPSHOT_ROWS),
        PAGES_AT_A_LATER_REVISION(SourceCatalog.SNAPSHOT_PAGES_RESTARTED),
        ANSWERS(SourceCatalog.ANSWERS),
        HEARTBEATS(SourceCatalog.HEARTBEATS),
        DEAD_LETTERS(SourceCatalog.DEAD_LETTERS),
        COMPACTIONS(SourceCatalog.COMPACTIONS),
        NEW_EPOCHS(null),
        WATCHES_REOPENED(SourceCatalog.WATCH_RECONNECTS);

        private final @Nullable Metric metric;

        Counter(@Nullable Metric metric) {
            this.metric = metric;
        }

        @Nullable
        Metric metric() {
            return metric;
        }
    }

    private final MetricSet set;
    private final LongAdder[] counters = new LongAdder[Counter.values().length];
    private final Map<String, RouteMetrics> routes = new ConcurrentHashMap<>();
    private final Distribution batchSize;

    /** Creates metrics that nobody sees. */
    public SourceMetrics() {
        this(MetricSet.hidden());
    }

    public SourceMetrics(MetricSet set) {
        this.set = set;
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new LongAdder();
        }
        batchSize = set.distribution(SourceCatalog.BATCH_SIZE);
    }

    /** Returns new metrics of a key range of a route. */
    public RangeMetrics range(String route) {
        RangeMetrics range = new RangeMetrics(this, set, route);
        routes.computeIfAbsent(route, name -> new RouteMetrics(set, name)).add(range);
        return range;
    }

    /** Returns the metrics of the retries against a store, as in {@link RetryMetrics}. */
    public RetryMetrics retries(String store) {
        return new RetryMetrics(set, store);
    }

    /** Records the number of records that were handed to Connect. */
    public void batch(int records) {
        batchSize.record(records);
    }

    void count(Counter counter) {
        counters[counter.ordinal()].increment();
    }

    /** Returns a number of all routes. */
    public long get(Counter counter) {
        return counters[counter.ordinal()].sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(counter.name().toLowerCase(Locale.ROOT))
                    .append('=')
                    .append(get(counter));
        }
        return text.toString();
    }
}
