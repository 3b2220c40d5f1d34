package dev.etcdpg.pg.source;

import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.metrics.Distribution;
import dev.etcdpg.core.metrics.Gauge;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.core.retry.RetryMetrics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts the work of a task. For use by the thread of the task. */
public final class NotifySourceMetrics implements AutoCloseable {

    /**
     * The state of a route in the database. Ages are in ms, 0 if there is no such change.
     *
     * @param oldestTransactionMs age of the oldest transaction of the whole database
     */
    record Status(
            String route,
            long pending,
            double oldestPendingMs,
            long held,
            double oldestHeldMs,
            double oldestTransactionMs) {}

    private final MetricSet set;
    private final Set<String> routes = new HashSet<>();
    private final Distribution dispatchTime;
    private final Distribution batchSize;
    private final Gauge locked;
    private final Gauge listening;

    public NotifySourceMetrics(MetricSet set) {
        this.set = set;
        dispatchTime = set.distribution(NotifySourceCatalog.DISPATCH_TIME);
        batchSize = set.distribution(NotifySourceCatalog.BATCH_SIZE);
        locked = set.gauge(NotifySourceCatalog.LOCKED);
        listening = set.gauge(NotifySourceCatalog.LISTENING);
    }

    /** Returns metrics that nobody sees. */
    public static NotifySourceMetrics hidden() {
        return new NotifySourceMetrics(MetricSet.hidden());
    }

    RetryMetrics retries() {
        return new RetryMetrics(set, "PostgreSQL");
    }

    /** Returns the beginning of a dispatch, for {@link #dispatched}. */
    long begin() {
        return set.nanoTime().getAsLong();
    }

    /**
     * @param begun result of {@link #begin}
     * @param lockedKeys keys that the dispatch had to leave out
     */
    void dispatched(long begun, long lockedKeys, boolean isListening) {
        dispatchTime.recordSince(begun);
        locked.set(lockedKeys);
        listening.set(isListening);
    }

    void batch(int records) {
        if (records > 0) {
            batchSize.record(records);
        }
    }

    void heartbeat(String route) {
        set.counter(NotifySourceCatalog.HEARTBEATS, route).increment();
    }

    void sent(Send send) {
        String route = send.routeName();
        if (send instanceof Send.Change change) {
            String operation = change.value() == null ? "delete" : "put";
            set.counter(NotifySourceCatalog.CHANGES, route, operation).increment();
            set.counter(NotifySourceCatalog.CHANGE_BYTES, route, operation)
                    .add(Utf8.length(change.key()) + length(change.value()));
        } else if (send instanceof Send.Probe) {
            set.counter(NotifySourceCatalog.PROBES, route).increment();
        } else if (send instanceof Send.SnapshotRequest request) {
            set.counter(NotifySourceCatalog.REQUESTS, route, "snapshot").increment();
            LogEvent.of("snapshot-request-sent")
                    .route(route)
                    .with("after", request.range().after())
                    .with("through", request.range().through())
                    .with("request", request.id())
                    .info();
        } else if (send instanceof Send.NewEpochRequest request) {
            set.counter(NotifySourceCatalog.REQUESTS, route, "new-epoch").increment();
            LogEvent.of("new-epoch-request-sent")
                    .route(route)
                    .with("epoch", request.wrongEpoch())
                    .cause(request.reason())
                    .warn();
        } else if (send instanceof Send.Conflict) {
            set.counter(NotifySourceCatalog.CONFLICTS, route).increment();
        }
    }

    private static long length(@Nullable String value) {
        return value == null ? 0 : Utf8.length(value);
    }

    /** Shows the state of the routes. */
    void status(List<Status> all) {
        for (Status status : all) {
            String route = status.route();
            if (routes.add(route)) {
                startCounters(route);
            }
            set.gauge(NotifySourceCatalog.PENDING, route).set(status.pending());
            set.gauge(NotifySourceCatalog.OLDEST_PENDING, route).set(status.oldestPendingMs());
            set.gauge(NotifySourceCatalog.HELD, route).set(status.held());
            set.gauge(NotifySourceCatalog.OLDEST_HELD, route).set(status.oldestHeldMs());
            set.gauge(NotifySourceCatalog.OLDEST_TRANSACTION).set(status.oldestTransactionMs());
        }
    }

    /** Makes the state of the routes unknown, because the bookkeeping does not exist. */
    void forget() {
        for (String route : routes) {
            set.gauge(NotifySourceCatalog.PENDING, route).clear();
            set.gauge(NotifySourceCatalog.OLDEST_PENDING, route).clear();
            set.gauge(NotifySourceCatalog.HELD, route).clear();
            set.gauge(NotifySourceCatalog.OLDEST_HELD, route).clear();
        }
        set.gauge(NotifySourceCatalog.OLDEST_TRANSACTION).clear();
    }

    /** Shows the counters of a route from zero on, because an increase from nothing is not seen. */
    private void startCounters(String route) {
        for (String operation : List.of("put", "delete")) {
            set.counter(NotifySourceCatalog.CHANGES, route, operation);
            set.counter(NotifySourceCatalog.CHANGE_BYTES, route, operation);
        }
        for (String kind : List.of("snapshot", "new-epoch")) {
            set.counter(NotifySourceCatalog.REQUESTS, route, kind);
        }
        set.counter(NotifySourceCatalog.PROBES, route);
        set.counter(NotifySourceCatalog.CONFLICTS, route);
        set.counter(NotifySourceCatalog.HEARTBEATS, route);
    }

    @Override
    public void close() {
        set.close();
    }
}
