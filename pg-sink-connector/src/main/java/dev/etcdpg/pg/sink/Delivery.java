package dev.etcdpg.pg.sink;

import dev.etcdpg.pg.sink.apply.Losses;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.intake.Intake;
import dev.etcdpg.pg.sink.intake.Lane;
import dev.etcdpg.pg.sink.intake.Segment;
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
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Assignment assignment;
    private final AsideTimer timer;
    private final SegmentStore store;
    private final Intake intake;
    private final Losses losses;

    Delivery(Assignment assignment, AsideTimer timer, SegmentStore store, Intake intake, Losses losses) {
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

    private void commit(List<Lane> lanes) {
        assignment.committed(lanes);
        timer.update(aside());
    }

    private int aside() {
        return assignment.lanes().stream()
                .filter(Lane::hasAside)
                .mapToInt(Lane::asideItems)
                .sum();
    }
}
