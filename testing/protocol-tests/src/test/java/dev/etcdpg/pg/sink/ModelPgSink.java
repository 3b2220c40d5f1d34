package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.testing.model.ModelClock;
import dev.etcdpg.testing.model.SinkRunner;
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

/** The PostgreSQL sink, with a modelled PostgreSQL behind it. */
public final class ModelPgSink implements SinkRunner.Task {

    private final SinkAssignment assignment;
    private final RecordDelivery delivery;
    private final TopicPartition partition;

    /** @param store makes the store, given the register of losses */
    public ModelPgSink(
            SinkTaskContext context,
            ModelClock clock,
            Route route,
            TopicPartition partition,
            String origin,
            Function<LossRequests, SegmentStore> store) {
        this.partition = partition;
        assignment = new SinkAssignment(context, topic -> route);
        LossRequests losses = new LossRequests(clock);
        delivery = new RecordDelivery(
                assignment,
                new DeferredTimer(clock),
                store.apply(losses),
                new RecordReader(LossPolicy.HEAL, origin, clock),
                losses);
        assignment.open(List.of(partition));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            delivery.deliver(records);
        } catch (SQLException e) {
            assignment.failed();
            assignment.forget();
            throw new RetriableException(e);
        }
        assignment.succeeded();
    }

    /** How much is set aside, or asked for later. */
    public boolean owes() {
        return assignment.lanes().stream()
                .anyMatch(lane ->
                        lane.hasAside() || lane.blind().values().stream().anyMatch(blind -> blind.isUnasked()));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> positions() {
        return assignment.committed();
    }

    @Override
    public void close() {
        assignment.close(List.of(partition));
    }
}
