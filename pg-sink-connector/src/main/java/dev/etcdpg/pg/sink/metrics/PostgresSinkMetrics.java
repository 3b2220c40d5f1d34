package dev.etcdpg.pg.sink.metrics;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.event.LogEvent;
import dev.etcdpg.core.metrics.Distribution;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.core.retry.RetryMetrics;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.store.CaptureFault;
import dev.etcdpg.pg.sink.store.UnreadChanges;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** Counts and logs the work of a task. Counts only what is committed. For use by the thread of the task. */
public final class PostgresSinkMetrics implements AutoCloseable {

    /**
     * An unanswered request.
     *
     * @param age time since the request was made
     */
    public record Unanswered(String route, Duration age) {}

    private final MetricSet set;
    private final Clock clock;
    private final Map<String, RouteResults> results = new ConcurrentHashMap<>();
    private final Distribution lag;
    private final Distribution batchSize;
    private final Distribution applyTime;
    private final Distribution confirmationTime;

    /**
     * @param clock agrees with the clocks of the workers
     * @param routes names of the routes whose counters are shown from zero on, because an increase from nothing is not seen
     */
    public PostgresSinkMetrics(MetricSet set, Clock clock, List<String> routes) {
        this.set = set;
        this.clock = clock;
        lag = set.distribution(PostgresSinkCatalog.RECORD_LAG);
        batchSize = set.distribution(PostgresSinkCatalog.BATCH_SIZE);
        applyTime = set.distribution(PostgresSinkCatalog.APPLY_TIME);
        confirmationTime = set.distribution(PostgresSinkCatalog.CONFIRMATION_TIME);
        routes.forEach(name -> route(name).reached(List.of(), 0));
    }

    /** Returns metrics that nobody sees. */
    public static PostgresSinkMetrics hidden() {
        return new PostgresSinkMetrics(MetricSet.hidden(), Clock.systemUTC(), List.of());
    }

    /** Returns the metrics of the retries against PostgreSQL. */
    public RetryMetrics retries() {
        return new RetryMetrics(set, "PostgreSQL");
    }

    private RouteResults route(String name) {
        return results.computeIfAbsent(name, route -> new RouteResults(set, route, clock));
    }

    /** Returns the beginning of a transaction, for {@link #committed}. */
    public long begin() {
        return set.nanoTime().getAsLong();
    }

    /**
     * Counts and logs what a transaction has done.
     *
     * @param begun result of {@link #begin}
     */
    public void committed(long begun, List<Segment> segments, List<KeyResults> keys) {
        applyTime.recordSince(begun);
        for (Segment segment : segments) {
            TopicPartition partition = segment.state().partition();
            String route = segment.state().route().name();
            segment.gaps().forEach((range, previous) -> {
                route(route).lost();
                LogEvent.of("loss")
                        .route(route)
                        .with("partition", partition)
                        .with("after", range.after())
                        .with("through", range.through())
                        .with("number", previous)
                        .cause("records of the topic are missing")
                        .warn();
            });
        }
        for (KeyResults result : keys) {
            route(result.route()).applied(result);
            result.confirmationMs().forEach(confirmationTime::record);
        }
    }

    /** Counts and logs a request for a snapshot of a range. */
    public void requested(PartitionState state, KeyRange range, long request) {
        String route = state.route().name();
        route(route).requestedSnapshot();
        LogEvent.of("resync")
                .route(route)
                .with("partition", state.partition())
                .with("after", range.after())
                .with("through", range.through())
                .with("request", request)
                .cause("records of the topic were lost")
                .warn();
    }

    /** Counts and logs a record that is in the dead letter topic. */
    public void deadLetter(String route, DeadLetter letter) {
        route(route).deadLetter();
        LogEvent.of("dead-letter")
                .route(route)
                .key(letter.key())
                .revision(letter.at())
                .with("topic", letter.record().topic())
                .with("partition", letter.record().kafkaPartition())
                .with("offset", letter.record().kafkaOffset())
                .cause(letter.fault())
                .warn();
    }

    /** Records that Connect's records are dealt with. */
    public void delivered(Collection<SinkRecord> records, Collection<PartitionState> states) {
        if (records.isEmpty()) {
            return;
        }
        long now = clock.millis();
        batchSize.record(records.size());
        Map<String, String> routeOf = new ConcurrentHashMap<>();
        states.forEach(
                state -> routeOf.put(state.partition().topic(), state.route().name()));
        for (SinkRecord record : records) {
            String route = routeOf.get(record.originalTopic());
            if (route != null) {
                route(route).record();
            }
            if (record.timestamp() != null) {
                lag.record(now - record.timestamp());
            }
        }
    }

    /** Shows how far the task is, and what waits for locked rows. */
    public void reached(Collection<PartitionState> states, Set<TopicPartition> paused) {
        for (String name :
                states.stream().map(state -> state.route().name()).distinct().toList()) {
            List<PartitionState> own = states.stream()
                    .filter(state -> state.route().name().equals(name))
                    .toList();
            route(name)
                    .reached(
                            own,
                            own.stream()
                                    .filter(state -> paused.contains(state.partition()))
                                    .count());
        }
    }

    /** Shows the requests of these routes that are not answered. */
    public void unanswered(Collection<String> of, List<Unanswered> requests) {
        for (String route : of) {
            List<Duration> ages = requests.stream()
                    .filter(request -> request.route().equals(route))
                    .map(Unanswered::age)
                    .toList();
            route(route).unanswered(ages);
        }
    }

    /** Shows the local changes of these routes that no notify source reads. */
    public void unread(Collection<String> of, List<UnreadChanges> found) {
        for (String route : of) {
            route(route)
                    .unread(found.stream()
                            .filter(changes -> changes.route().equals(route))
                            .findFirst()
                            .orElse(new UnreadChanges(route, 0, Duration.ZERO)));
        }
    }

    /** Shows the reasons why changes of applications are not captured in these routes. */
    public void captureFaults(Collection<String> of, List<CaptureFault> faults) {
        for (String route : of) {
            route(route)
                    .captureFaults(faults.stream()
                            .filter(fault -> fault.route().equals(route))
                            .count());
        }
    }

    @Override
    public void close() {
        set.close();
    }
}
