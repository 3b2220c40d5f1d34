package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the progress of a snapshot every ten seconds. Not thread-safe. */
final class SnapshotProgress {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotProgress.class);

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final String scope;
    private final long total;
    private final RangeMetrics metrics;
    private final LongSupplier nanoTime;
    private final long begun;
    private final RateLimit log;
    private long keys;

    /**
     * @param scope the route and key range
     * @param total about how many keys the snapshot has
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    SnapshotProgress(String scope, long total, RangeMetrics metrics, LongSupplier nanoTime) {
        this.scope = scope;
        this.total = total;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.log = new RateLimit(INTERVAL, nanoTime);
        log.done();
    }

    /** @param through the last key that was emitted */
    void add(int more, String through) {
        keys += more;
        metrics.snapshotReached(keys);
        if (log.acquire()) {
            LOG.info("{}: snapshot at key \"{}\", {}", scope, through, this);
        }
    }

    @Override
    public String toString() {
        double seconds = Math.max(0.001, (nanoTime.getAsLong() - begun) / 1e9);
        return String.format(
                Locale.ROOT,
                "%,d keys of about %,d (%d %%) in %.1f s, %,d a second",
                keys,
                total,
                total == 0 ? 100 : Math.min(100, keys * 100 / total),
                seconds,
                (long) (keys / seconds));
    }
}
