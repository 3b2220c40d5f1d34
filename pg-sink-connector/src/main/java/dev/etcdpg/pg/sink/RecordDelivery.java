package dev.etcdpg.pg.sink;

import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.pg.sink.read.Segment;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of the records that Connect puts, segment by segment, into the store; and of what was set aside. */
final class RecordDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(RecordDelivery.class);

    private final SinkAssignment assignment;
    private final DeferredTimer timer;
    private final SegmentStore store;
    private final RecordReader intake;
    private final LossRequests losses;

    RecordDelivery(
            SinkAssignment assignment,
            DeferredTimer timer,
            SegmentStore store,
            RecordReader intake,
            LossRequests losses) {
        this.assignment = assignment;
        this.timer = timer;
        this.store = store;
        this.intake = intake;
        this.losses = losses;
    }

    void deliver(Collection<SinkRecord> records) throws SQLException {
        assignment.load(store, records);
        retryAside();
        Map<TopicPartition, Deque<SinkRecord>> queues = assignment.fresh(records);
        while (!queues.isEmpty()) {
            List<Segment> segments = new ArrayList<>();
            for (Map.Entry<TopicPartition, Deque<SinkRecord>> queue : queues.entrySet()) {
                Segment segment = intake.take(assignment.lane(queue.getKey()), queue.getValue());
                segment.lost()
                        .forEach((range, previous) -> LOG.warn(
                                "Records of {} were lost: number {} was sent and has not come (range after \"{}\" through \"{}\")",
                                queue.getKey(),
                                previous,
                                range.after(),
                                range.through()));
                segments.add(segment);
            }
            queues.values().removeIf(Deque::isEmpty);
            commit(store.apply(segments, false));
        }
        if (aside() == 0) {
            timer.update(0); // its partitions were taken away
        }
    }

    /** What was locked may be free now; and what must not be asked for yet may be asked for. */
    private void retryAside() throws SQLException {
        boolean retry = timer.isDue();
        List<Segment> segments = assignment.lanes().stream()
                .filter(lane -> retry && lane.hasAside() || losses.isDue(lane))
                .map(Segment::retry)
                .toList();
        if (!segments.isEmpty()) {
            commit(store.apply(segments, true));
        }
    }

    private void commit(List<PartitionState> lanes) {
        assignment.committed(lanes);
        timer.update(aside());
    }

    private int aside() {
        return assignment.lanes().stream()
                .filter(PartitionState::hasAside)
                .mapToInt(PartitionState::asideItems)
                .sum();
    }
}
