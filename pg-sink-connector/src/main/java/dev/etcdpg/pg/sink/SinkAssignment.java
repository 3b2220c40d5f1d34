package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.PartitionState;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The topic partitions of this task, and where it stands in each: PostgreSQL knows, and the consumer is told. */
final class SinkAssignment {

    /** So many records and manifest effects may be set aside of a partition before no more are taken from it. */
    private static final int MAX_ASIDE = 5_000;

    private final SinkTaskContext context;
    private final Function<String, Route> routes;
    private final Map<TopicPartition, PartitionState> lanes =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    private final Set<TopicPartition> unloaded = new HashSet<>();
    private final Set<TopicPartition> rewinding = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private boolean redelivery;

    /** @param routes route of a topic */
    SinkAssignment(SinkTaskContext context, Function<String, Route> routes) {
        this.context = context;
        this.routes = routes;
    }

    void open(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Route unused = routes.apply(partition.topic()); // throws for a topic without a route
        }
        unloaded.addAll(partitions);
    }

    void close(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> {
            lanes.remove(partition);
            unloaded.remove(partition);
            rewinding.remove(partition);
            paused.remove(partition);
            committed.remove(partition);
        });
    }

    /** Reads where new partitions stand, and moves the consumer there. */
    void load(SegmentStore store, Collection<SinkRecord> records) throws SQLException {
        if (!redelivery) {
            rewinding.clear(); // the consumer was moved before it fetched these
        }
        for (TopicPartition partition : Set.copyOf(unloaded)) {
            PartitionState lane = store.load(partition, routes.apply(partition.topic()));
            lanes.put(partition, lane);
            unloaded.remove(partition);
            if (paused.remove(partition)) {
                context.resume(partition);
            }
            boolean isThere = records.stream()
                    .filter(record -> isOf(record, partition))
                    .findFirst()
                    .map(record -> record.kafkaOffset() == lane.position())
                    .orElse(false);
            if (lane.position() >= 0 && !isThere) {
                context.offset(partition, lane.position());
                rewinding.add(partition);
            }
        }
    }

    private static boolean isOf(SinkRecord record, TopicPartition partition) {
        return record.kafkaPartition() == partition.partition()
                && record.topic().equals(partition.topic());
    }

    /** What is new of the records, by partition. An offset below the position is not old: the topic may have been created anew. */
    Map<TopicPartition, Deque<SinkRecord>> fresh(Collection<SinkRecord> records) {
        Map<TopicPartition, Deque<SinkRecord>> queues = new HashMap<>();
        for (SinkRecord record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.kafkaPartition());
            PartitionState lane = lanes.get(partition);
            if (lane != null
                    && !rewinding.contains(partition)
                    && !(redelivery && record.kafkaOffset() < lane.position())) {
                queues.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(record);
            }
        }
        return queues;
    }

    /** The same records will come again. */
    void failed() {
        redelivery = true;
    }

    /** What is in memory may not be what is in the database: a commit whose answer was lost, a database that was restored. */
    void forget() {
        unloaded.addAll(lanes.keySet());
        lanes.clear();
    }

    void succeeded() {
        redelivery = false;
    }

    Collection<PartitionState> lanes() {
        return List.copyOf(lanes.values());
    }

    PartitionState lane(TopicPartition partition) {
        return lanes.get(partition);
    }

    /** Takes over what has been committed. */
    void committed(List<PartitionState> after) {
        for (PartitionState lane : after) {
            TopicPartition partition = lane.partition();
            lanes.put(partition, lane);
            if (lane.unapplied() >= 0) {
                committed.put(partition, new OffsetAndMetadata(lane.unapplied()));
            }
            int aside = lane.hasAside() ? lane.asideItems() : 0;
            if (aside > MAX_ASIDE && paused.add(partition)) {
                context.pause(partition);
            } else if (aside <= MAX_ASIDE / 2 && paused.remove(partition)) {
                context.resume(partition);
            }
        }
    }

    Map<TopicPartition, OffsetAndMetadata> committed() {
        return Map.copyOf(committed);
    }
}
