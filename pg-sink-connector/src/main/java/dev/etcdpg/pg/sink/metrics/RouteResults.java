package dev.etcdpg.pg.sink.metrics;

import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.metrics.Count;
import dev.etcdpg.core.metrics.Gauge;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.sink.store.UnreadChanges;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** The metrics and events of one route in a task. */
final class RouteResults {

    private final String route;
    private final Clock clock;
    private final Count records;
    private final Count puts;
    private final Count putBytes;
    private final Count deletes;
    private final Count deleteBytes;
    private final Count confirmed;
    private final Count conflicts;
    private final Count held;
    private final Count stale;
    private final Count deadLetters;
    private final Count losses;
    private final Count snapshotRequests;
    private final Count epochRequests;
    private final Gauge appliedRevision;
    private final Gauge deferred;
    private final Gauge deferredBytes;
    private final Gauge paused;
    private final Gauge untrusted;
    private final Gauge oldestUntrusted;
    private final Gauge unanswered;
    private final Gauge oldestUnanswered;
    private final Gauge unread;
    private final Gauge oldestUnread;
    private final Gauge captureFaults;

    /** @param clock the clock of the times of losses */
    RouteResults(MetricSet set, String route, Clock clock) {
        this.route = route;
        this.clock = clock;
        records = set.counter(PostgresSinkCatalog.RECORDS, route);
        puts = set.counter(PostgresSinkCatalog.EVENTS, route, "put");
        putBytes = set.counter(PostgresSinkCatalog.EVENT_BYTES, route, "put");
        deletes = set.counter(PostgresSinkCatalog.EVENTS, route, "delete");
        deleteBytes = set.counter(PostgresSinkCatalog.EVENT_BYTES, route, "delete");
        confirmed = set.counter(PostgresSinkCatalog.CONFIRMED, route);
        conflicts = set.counter(PostgresSinkCatalog.CONFLICTS, route);
        held = set.counter(PostgresSinkCatalog.HELD, route);
        stale = set.counter(PostgresSinkCatalog.STALE, route);
        deadLetters = set.counter(PostgresSinkCatalog.DEAD_LETTERS, route);
        losses = set.counter(PostgresSinkCatalog.LOSSES, route);
        snapshotRequests = set.counter(PostgresSinkCatalog.SNAPSHOT_REQUESTS, route);
        epochRequests = set.counter(PostgresSinkCatalog.EPOCH_REQUESTS, route);
        appliedRevision = set.gauge(PostgresSinkCatalog.APPLIED_REVISION, route);
        deferred = set.gauge(PostgresSinkCatalog.DEFERRED, route);
        deferredBytes = set.gauge(PostgresSinkCatalog.DEFERRED_BYTES, route);
        paused = set.gauge(PostgresSinkCatalog.PAUSED, route);
        untrusted = set.gauge(PostgresSinkCatalog.UNTRUSTED, route);
        oldestUntrusted = set.gauge(PostgresSinkCatalog.OLDEST_UNTRUSTED, route);
        unanswered = set.gauge(PostgresSinkCatalog.UNANSWERED, route);
        oldestUnanswered = set.gauge(PostgresSinkCatalog.OLDEST_UNANSWERED, route);
        unread = set.gauge(PostgresSinkCatalog.UNREAD, route);
        oldestUnread = set.gauge(PostgresSinkCatalog.OLDEST_UNREAD, route);
        captureFaults = set.gauge(PostgresSinkCatalog.CAPTURE_FAULTS, route);
    }

    void record() {
        records.increment();
    }

    void lost() {
        losses.increment();
    }

    void requestedSnapshot() {
        snapshotRequests.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void applied(KeyResults results) {
        confirmed.add(results.confirmationMs().size());
        results.verdicts().forEach((key, verdict) -> {
            stale.add(verdict.skipped());
            verdict.effects().forEach(effect -> add(key, effect));
            heldNow(key, verdict);
        });
    }

    private void add(String key, Effect effect) {
        if (effect instanceof Effect.Applied applied) {
            add(key, applied);
        } else if (effect instanceof Effect.Lost lost) {
            conflicts.increment();
            LogEvent.of("conflict")
                    .route(route)
                    .key(key)
                    .with("change", lost.through())
                    .revision("base", lost.base())
                    .revision("won", lost.won())
                    .cause(lost.reason())
                    .warn();
        } else if (effect instanceof Effect.NewEpoch epoch) {
            epochRequests.increment();
            LogEvent.of("new-epoch-request")
                    .route(route)
                    .key(key)
                    .with("epoch", epoch.found())
                    .cause(epoch.reason())
                    .warn();
        } else if (effect instanceof Effect.AppliedLate late) {
            LogEvent.of("applied-late")
                    .route(route)
                    .key(key)
                    .revision(late.at())
                    .warn();
        }
    }

    private void add(String key, Effect.Applied applied) {
        Input.Observed seen = applied.seen();
        boolean isDelete = !seen.content().isLive();
        String value = seen.value();
        (isDelete ? deletes : puts).increment();
        (isDelete ? deleteBytes : putBytes).add(Utf8.length(key) + (value == null ? 0 : Utf8.length(value)));
        if (LogEvent.isDetailed()) {
            LogEvent.of("applied")
                    .route(route)
                    .key(key)
                    .revision(seen.at())
                    .with("operation", isDelete ? "delete" : "put")
                    .with("confirms", applied.confirms())
                    .debug();
        }
    }

    private void heldNow(String key, Verdict verdict) {
        Flight flight = verdict.after().flight();
        if (flight == null
                || flight.isInflight()
                || flight.equals(verdict.before().flight())) {
            return;
        }
        held.increment();
        LogEvent.of("held")
                .route(route)
                .key(key)
                .with("change", flight.changeId())
                .revision("base", flight.base())
                .revision("mirror", verdict.after().lastApplied())
                .cause(flight.reason())
                .warn();
    }

    /** @param isPaused number of the partitions that are paused */
    void reached(List<PartitionState> states, long isPaused) {
        states.stream()
                .mapToLong(state -> state.applied().revision())
                .filter(revision -> revision > 0)
                .min()
                .ifPresent(appliedRevision::set);
        deferred.set(states.stream().mapToInt(state -> state.deferred().size()).sum());
        deferredBytes.set(
                states.stream().mapToLong(state -> state.deferred().bytes()).sum());
        paused.set(isPaused);
        List<UntrustedRange> ranges = states.stream()
                .flatMap(state -> state.untrusted().all().values().stream())
                .toList();
        untrusted.set(ranges.size());
        if (ranges.isEmpty()) {
            oldestUntrusted.set(0L);
        } else {
            long since =
                    ranges.stream().mapToLong(UntrustedRange::sinceMs).min().orElseThrow();
            oldestUntrusted.follow(() -> clock.millis() - since);
        }
    }

    void unread(UnreadChanges changes) {
        unread.set(changes.changes());
        oldestUnread.set(changes.age().toMillis());
    }

    void captureFaults(long faults) {
        captureFaults.set(faults);
    }

    void unanswered(List<Duration> ages) {
        unanswered.set(ages.size());
        oldestUnanswered.set(ages.stream()
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO)
                .toMillis());
    }
}
