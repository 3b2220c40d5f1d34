package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.RecordReader;
import dev.etcdpg.pg.sink.read.Segment;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the records that Connect delivers, and deferred inputs, segment by segment into a store. A delivery outlives the connection of the
 * store. Not thread-safe.
 */
public final class RecordDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(RecordDelivery.class);

    /** Connect's consumer leaves its group if a delivery takes longer than max.poll.interval.ms (5 min). */
    private static final Duration MAX_DURATION = Duration.ofSeconds(30);

    private final SinkAssignment assignment;
    private final LongSupplier nanoTime;
    private final DeferredTimer timer;

    /**
     * @param routes returns the route of a topic
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public RecordDelivery(SinkTaskContext context, Function<String, Route> routes, LongSupplier nanoTime) {
        this.assignment = new SinkAssignment(context, routes);
        this.nanoTime = nanoTime;
        this.timer = new DeferredTimer(nanoTime);
    }

    /** Takes partitions that Connect assigns to the task. */
    public void open(Collection<TopicPartition> partitions) {
        assignment.open(partitions);
    }

    /** Forgets partitions that Connect revokes. */
    public void close(Collection<TopicPartition> partitions) {
        assignment.close(partitions);
    }

    /** Returns the states of the partitions that are loaded. */
    public Collection<PartitionState> states() {
        return assignment.states();
    }

    /** Returns the partitions that are paused, because too many inputs are deferred. */
    public Set<TopicPartition> paused() {
        return assignment.paused();
    }

    /** Returns the offsets below which everything is applied. Performs no I/O. */
    public Map<TopicPartition, OffsetAndMetadata> committed() {
        return assignment.committed();
    }

    /** Notes that the records were not tried. Connect delivers the records again. */
    public void postponed() {
        assignment.failed();
    }

    /** Notes that the delivery failed. Connect delivers the records again, and all states are loaded again. */
    public void failed() {
        assignment.failed();
        assignment.forget();
    }

    /** Notes that the delivery succeeded. */
    public void succeeded() {
        assignment.succeeded();
    }

    /**
     * Applies records, and deferred inputs whose time has come. After 30 s, or when a partition is paused, the consumer is moved back to the first
     * record that is not applied. Call one of {@link #failed} and {@link #succeeded} afterwards.
     *
     * @throws SQLException if the store fails; the segments that were committed before stay committed
     */
    public void deliver(Collection<SinkRecord> records, RecordReader reader, SegmentStore store, LossRequests losses)
            throws SQLException {
        assignment.load(store, records);
        retryDeferred(store, losses);
        Map<TopicPartition, Deque<SinkRecord>> queues = assignment.fresh(records);
        Deadline deadline = Deadline.after(MAX_DURATION, nanoTime);
        while (!queues.isEmpty() && !deadline.hasPassed()) {
            List<Segment> segments = new ArrayList<>();
            queues.forEach((partition, queue) ->
                    segments.add(reader.take(Objects.requireNonNull(assignment.state(partition)), queue)));
            segments.forEach(RecordDelivery::log);
            committed(store.apply(segments, false));
            segments.forEach(segment -> takeBack(segment, queues));
            queues.values().removeIf(Deque::isEmpty);
            fetchAgain(queues, assignment.paused());
        }
        fetchAgain(queues, queues.keySet());
        if (deferredInputs() == 0) {
            timer.update(0); // their partitions were revoked
        }
    }

    /** Queues a manifest again of which only a part is applied. */
    private void takeBack(Segment segment, Map<TopicPartition, Deque<SinkRecord>> queues) {
        TopicPartition partition = segment.state().partition();
        Segment.RangeRecord last = segment.rangeRecord();
        if (last != null
                && Objects.requireNonNull(assignment.state(partition)).position()
                        == last.record().kafkaOffset()) {
            Objects.requireNonNull(queues.get(partition)).addFirst(last.record());
        }
    }

    /** Drops the records of these partitions that are not applied. The consumer fetches them again. */
    private void fetchAgain(Map<TopicPartition, Deque<SinkRecord>> queues, Set<TopicPartition> partitions) {
        List<TopicPartition> dropped =
                queues.keySet().stream().filter(partitions::contains).toList();
        dropped.forEach(assignment::rewind);
        dropped.forEach(queues::remove);
    }

    /** Tries deferred inputs, whose rows may be free now, and makes snapshot requests that were not permitted before. */
    private void retryDeferred(SegmentStore store, LossRequests losses) throws SQLException {
        boolean retry = timer.isDue();
        List<Segment> segments = assignment.states().stream()
                .filter(state -> retry && !state.deferred().isEmpty() || losses.isDue(state))
                .map(Segment::retry)
                .toList();
        if (!segments.isEmpty()) {
            committed(store.apply(segments, true));
        }
    }

    private void committed(List<PartitionState> states) {
        assignment.committed(states);
        timer.update(deferredInputs());
    }

    /** Returns the time until deferred inputs must be tried again, in ms, or {@code idleMs} if there are none. */
    long pauseMs(long idleMs) {
        return timer.isWaiting() ? timer.pauseMs() : idleMs;
    }

    private int deferredInputs() {
        return assignment.states().stream()
                .mapToInt(state -> state.deferred().size())
                .sum();
    }

    private static void log(Segment segment) {
        if (segment.replacedSource() != null) {
            LOG.warn(
                    "{}: {} has replaced {}. Later records of the replaced source are refused (foreign.source). If you did not expect this, "
                            + "look for a second etcd source with the same topic.",
                    segment.state().partition(),
                    segment.state().sources().current(),
                    segment.replacedSource());
        }
        segment.gaps()
                .forEach((range, previous) -> LOG.warn(
                        "Records of {} were lost: number {} was sent and has not come (range after \"{}\" through \"{}\")",
                        segment.state().partition(),
                        previous,
                        range.after(),
                        range.through()));
    }
}
