package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.metrics.KeyResults;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.store.OffsetStore;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One transaction, which applies at most one segment of each topic partition and saves the offsets. */
final class SinkTransaction {

    /** Work of one route, and the partition that each key belongs to. */
    private record RouteWork(SortedMap<String, List<KeyInput>> inputs, Map<String, PartitionState> owners) {

        RouteWork() {
            this(new TreeMap<>(), new HashMap<>());
        }

        boolean hasAnyOf(Collection<String> keys) {
            return keys.stream().anyMatch(inputs::containsKey);
        }

        void add(Map<String, List<KeyInput>> more, PartitionState owner) {
            inputs.putAll(more);
            more.keySet().forEach(key -> owners.put(key, owner));
        }

        void defer(Collection<String> keys) {
            keys.forEach(key -> Objects.requireNonNull(owners.get(key))
                    .deferred()
                    .putBack(key, inputs.getOrDefault(key, List.of())));
        }
    }

    private final SinkSession session;
    private final Map<String, RouteStores> stores;
    private final Rules rules;
    private final LossRequests losses;
    private final @Nullable KeyFairness fairness;
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final List<KeyResults> results = new ArrayList<>();
    private final Map<Segment, PartitionState> states = new LinkedHashMap<>();

    /**
     * @param stores by the name of the route
     * @param fairness not null if the transaction must separate locked and refused keys from the others, which is slower; null if the first
     *     obstacle ends the transaction
     */
    SinkTransaction(
            SinkSession session,
            Map<String, RouteStores> stores,
            Rules rules,
            LossRequests losses,
            @Nullable KeyFairness fairness) {
        this.session = session;
        this.stores = stores;
        this.rules = rules;
        this.losses = losses;
        this.fairness = fairness;
    }

    /** Applies segments without a commit. Returns null if they are applied. After an {@link Obstacle} the caller must roll back. */
    @Nullable
    Obstacle apply(List<Segment> segments) throws SQLException {
        session.begin();
        if (fairness != null) {
            fairness.begin();
            session.checkConstraintsNow();
        }
        RequestLedger ledger = new RequestLedger(session);
        for (Segment segment : segments) {
            PartitionState state = segment.state().copy();
            states.put(segment, state);
            losses.request(ledger, state);
            deadLetters.addAll(segment.deadLetters());
        }
        Obstacle obstacle = applyKeys(segments);
        for (Segment segment : segments) {
            obstacle = obstacle == null ? applyRangeRecord(segment) : obstacle;
        }
        if (obstacle == null) {
            Pipeline pipeline = session.pipeline();
            new OffsetStore(session).save(pipeline, after());
            session.addFinalStatements(pipeline);
            pipeline.run();
        }
        return obstacle;
    }

    /** Returns the states after the commit, in the order of the segments. */
    List<PartitionState> after() {
        return List.copyOf(states.values());
    }

    /** Returns the records that can never be applied. The caller must report them before the commit, because the commit passes them. */
    List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    /** Returns what was decided about keys. It counts when the transaction has committed. */
    List<KeyResults> results() {
        return results;
    }

    /**
     * Applies the keys of all partitions of a route together. A key that is in two partitions, because the number of partitions changed, is applied
     * in two steps.
     */
    private @Nullable Obstacle applyKeys(List<Segment> segments) throws SQLException {
        List<Segment> left = segments;
        while (!left.isEmpty()) {
            SortedMap<String, RouteWork> works = new TreeMap<>();
            List<Segment> later = new ArrayList<>();
            for (Segment segment : left) {
                RouteWork work = works.computeIfAbsent(segment.state().route().name(), r -> new RouteWork());
                if (work.hasAnyOf(segment.work().keySet())) {
                    later.add(segment);
                } else {
                    work.add(segment.work(), state(segment));
                }
            }
            Obstacle obstacle = apply(works);
            if (obstacle != null) {
                return obstacle;
            }
            left = later;
        }
        return null;
    }

    private @Nullable Obstacle applyRangeRecord(Segment segment) throws SQLException {
        Segment.RangeRecord record = segment.rangeRecord();
        PartitionState state = state(segment);
        if (record != null && record.content() instanceof EtcdRecord.Manifest manifest) {
            String route = state.route().name();
            ManifestKeys.Part part = ManifestKeys.first(session, stores(route), manifest, record.record(), state);
            RouteWork work = new RouteWork();
            work.add(part.work(), state);
            if (part.through() != null) {
                state.moveBackTo(record.record(), manifest, part.through());
            }
            return apply(new TreeMap<>(Map.of(route, work)));
        } else if (record != null && record.content() instanceof EtcdRecord.End end) {
            new EndMarkApplier(session).apply(state, end);
        }
        return null;
    }

    private @Nullable Obstacle apply(SortedMap<String, RouteWork> works) throws SQLException {
        return fairness == null ? applyTogether(works) : applyInTurns(works, fairness);
    }

    private @Nullable Obstacle applyTogether(SortedMap<String, RouteWork> works) throws SQLException {
        for (Map.Entry<String, RouteWork> entry : works.entrySet()) {
            RouteWork work = entry.getValue();
            if (work.inputs().isEmpty()) {
                continue;
            }
            BatchResult result = new BatchApplier(
                            session, stores(entry.getKey()), rules, BatchApplier.Mode.TOGETHER, work.inputs())
                    .apply();
            if (result instanceof BatchResult.Applied applied) {
                work.defer(applied.deferred());
                results.add(applied.results());
            } else {
                return (Obstacle) result;
            }
        }
        return null;
    }

    private @Nullable Obstacle applyInTurns(SortedMap<String, RouteWork> works, KeyFairness turns) throws SQLException {
        SortedMap<String, SortedMap<String, List<KeyInput>>> inputs = new TreeMap<>();
        works.forEach((route, work) -> inputs.put(route, work.inputs()));
        for (KeyFairness.RoutePart part : turns.inOrder(inputs)) {
            BisectingApplier applier =
                    new BisectingApplier(session, stores(part.route()), rules, turns, deadLetters, results);
            Objects.requireNonNull(works.get(part.route())).defer(applier.apply(part.work()));
        }
        return null;
    }

    private PartitionState state(Segment segment) {
        return Objects.requireNonNull(states.get(segment));
    }

    private RouteStores stores(String route) {
        return Objects.requireNonNull(stores.get(route));
    }
}
