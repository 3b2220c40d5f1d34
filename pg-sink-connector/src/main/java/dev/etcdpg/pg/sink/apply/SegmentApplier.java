package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import dev.etcdpg.pg.sink.read.KnownSources;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.store.MirroredTable;
import dev.etcdpg.pg.sink.store.OffsetStore;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import dev.etcdpg.pg.sink.store.UntrustedRangeStore;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies segments, each time in one transaction. All keys are applied together as long as nothing is in the way, otherwise key by key. */
public final class SegmentApplier implements SegmentStore {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentApplier.class);

    private final SinkSession session;
    private final Map<String, RouteStores> stores = new HashMap<>();
    private final Rules rules;
    private final LossRequests losses;
    private final Consumer<List<DeadLetter>> deadLetters;
    private final PostgresSinkMetrics metrics;
    private final KeyFairness fairness = new KeyFairness();

    /**
     * @param tables by the name of their route
     * @param losses outlives the session
     * @param deadLetters returns when the records are safe
     */
    public SegmentApplier(
            SinkSession session,
            Map<String, MirroredTable> tables,
            Rules rules,
            ContradictionPolicy contradictions,
            LossRequests losses,
            Consumer<List<DeadLetter>> deadLetters,
            PostgresSinkMetrics metrics) {
        this.session = session;
        tables.forEach((route, table) -> stores.put(route, RouteStores.of(session, table, contradictions)));
        this.rules = rules;
        this.losses = losses;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    @Override
    public List<PartitionState> apply(List<Segment> segments, boolean retry) throws SQLException {
        if (!retry) {
            SinkTransaction together = new SinkTransaction(session, stores, rules, losses, null);
            Obstacle obstacle = attempt(together, segments);
            if (obstacle == null) {
                return together.after();
            }
            session.rollback();
            if (obstacle instanceof Obstacle.RowRefused) {
                // without the reason, which may quote the value
                LOG.info("PostgreSQL refuses a row ({}): looking for the key", obstacle.describe());
            } else {
                LOG.debug("Another transaction is in the way ({}): looking for the keys", obstacle.describe());
            }
        }
        SinkTransaction careful = new SinkTransaction(session, stores, rules, losses, fairness);
        Obstacle obstacle = commit(careful, segments);
        if (obstacle != null) {
            throw new IllegalStateException("A careful transaction met an obstacle: " + obstacle.describe());
        }
        return careful.after();
    }

    /** Applies and commits. Returns null if that succeeds. Deferred constraints and the end of a snapshot may also be in the way. */
    private @Nullable Obstacle attempt(SinkTransaction transaction, List<Segment> segments) throws SQLException {
        try {
            return commit(transaction, segments);
        } catch (SQLException e) {
            return Obstacle.of(e);
        }
    }

    private @Nullable Obstacle commit(SinkTransaction transaction, List<Segment> segments) throws SQLException {
        long begun = metrics.begin();
        Obstacle obstacle = transaction.apply(segments);
        if (obstacle != null) {
            return obstacle;
        }
        if (!transaction.deadLetters().isEmpty()) {
            deadLetters.accept(transaction.deadLetters());
        }
        session.commit();
        List<PartitionState> after = transaction.after();
        for (int i = 0; i < after.size(); i++) {
            PartitionState state = after.get(i);
            losses.committed(segments.get(i).state(), state)
                    .forEach((range, request) -> metrics.requested(state, range, request));
            state.sources().saved();
        }
        metrics.committed(begun, segments, transaction.results());
        return null;
    }

    @Override
    public PartitionState load(TopicPartition partition, Route route) throws SQLException {
        OffsetStore offsets = new OffsetStore(session);
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<Long> position = offsets.loadPosition(pipeline, partition);
        Pipeline.Result<Map<KeyRange, Long>> chain = offsets.loadChain(pipeline, partition);
        Pipeline.Result<Map<KeyRange, UntrustedRange>> untrusted =
                new UntrustedRangeStore(session, route.name()).load(pipeline, partition.partition());
        Pipeline.Result<Map<KnownSources.Identity, Long>> sources = offsets.loadSources(pipeline, partition);
        pipeline.run();
        session.rollback();
        return new PartitionState(partition, route, position.get(), chain.get(), untrusted.get(), sources.get());
    }
}
