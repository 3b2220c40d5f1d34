package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.pg.sink.RecordDelivery;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.ForeignSourcePolicy;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The PostgreSQL sink's record delivery, with a store in memory. */
public final class InMemoryPgSink implements SinkRunner.Task {

    private final RecordDelivery delivery;
    private final RecordReader reader;
    private final SegmentStore store;
    private final LossRequests losses;
    private final TopicPartition partition;

    /** @param store makes the store */
    InMemoryPgSink(
            SinkTaskContext context,
            TestClock clock,
            Route route,
            TopicPartition partition,
            String origin,
            ForeignSourcePolicy foreignSources,
            Function<LossRequests, SegmentStore> store) {
        this.partition = partition;
        this.losses = new LossRequests(clock::nanoTime);
        this.store = store.apply(losses);
        this.reader = new RecordReader(LossPolicy.HEAL, foreignSources, ContradictionPolicy.RESNAPSHOT, origin, clock);
        this.delivery = new RecordDelivery(context, topic -> route, clock::nanoTime);
        delivery.open(List.of(partition));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            delivery.deliver(records, reader, store, losses);
        } catch (SQLException e) {
            delivery.failed();
            throw new RetriableException(e);
        }
        delivery.succeeded();
    }

    /** Whether inputs are deferred, or the sink still has to request a snapshot. */
    boolean owesWork() {
        return delivery.states().stream()
                .anyMatch(state ->
                        !state.deferred().isEmpty() || state.untrusted().hasUnrequested());
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> positions() {
        return delivery.committed();
    }

    @Override
    public void close() {
        delivery.close(List.of(partition));
    }
}
