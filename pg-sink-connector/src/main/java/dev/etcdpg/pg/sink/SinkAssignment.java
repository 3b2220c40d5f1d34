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
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** The topic partitions of this task and their states. PostgreSQL stores the positions, and the consumer follows them. */
final class SinkAssignment {

    /** Largest size of the deferred inputs of a partition, in bytes. A partition with more deferred inputs is paused. */
    private static final long MAX_DEFERRED_BYTES = 16L << 20;

    private final SinkTaskContext context;
    private final Function<String, Route> routes;
    private final Map<TopicPartition, PartitionState> states =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    private final Set<TopicPartition> unloaded = new HashSet<>();
    private final Set<TopicPartition> rewinding = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private boolean redelivery;

    /** @param routes returns the route of a topic */
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
            states.remove(partition);
            unloaded.remove(partition);
            rewinding.remove(partition);
            paused.remove(partition);
            committed.remove(partition);
        });
    }

    /** Loads the states of new partitions, and moves the consumer to their positions. */
    void load(SegmentStore store, Collection<SinkRecord> records) throws SQLException {
        if (!redelivery) {
            rewinding.clear(); // the consumer was moved before it fetched these records
        }
        for (TopicPartition partition : Set.copyOf(unloaded)) {
            PartitionState state = store.load(partition, routes.apply(partition.topic()));
            states.put(partition, state);
            unloaded.remove(partition);
            if (paused.remove(partition)) {
                context.resume(partition);
            }
            boolean isAtPosition = records.stream()
                    .filter(record -> isOf(record, partition))
                    .findFirst()
                    .map(record -> record.kafkaOffset() == state.position())
                    .orElse(false);
            if (state.position() >= 0 && !isAtPosition) {
                context.offset(partition, state.position());
                rewinding.add(partition);
            }
        }
    }

    private static boolean isOf(SinkRecord record, TopicPartition partition) {
        return of(record).equals(partition);
    }

    /** Returns the partition from which the consumer has read the record. A transform may have changed the topic of the record. */
    private static TopicPartition of(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    /** Returns the new records by partition. An offset below the position may be new: the topic may have been created anew. */
    Map<TopicPartition, Deque<SinkRecord>> fresh(Collection<SinkRecord> records) {
        Map<TopicPartition, Deque<SinkRecord>> queues = new HashMap<>();
        for (SinkRecord record : records) {
            TopicPartition partition = of(record);
            PartitionState state = states.get(partition);
            if (state != null
                    && !rewinding.contains(partition)
                    && !(redelivery && record.kafkaOffset() < state.position())) {
                queues.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(record);
            }
        }
        return queues;
    }

    /** Moves the consumer to the first record that is not applied. */
    void rewind(TopicPartition partition) {
        context.offset(partition, Objects.requireNonNull(states.get(partition)).position());
        rewinding.add(partition);
    }

    /** Notes that Connect delivers the same records again. */
    void failed() {
        redelivery = true;
    }

    /**
     * Forgets the states, because the database may have other ones. The answer to a commit may have been lost, or the database may have been
     * restored.
     */
    void forget() {
        unloaded.addAll(states.keySet());
        states.clear();
    }

    void succeeded() {
        redelivery = false;
    }

    Collection<PartitionState> states() {
        return List.copyOf(states.values());
    }

    /** Returns the state of a partition, or null before the state is loaded. */
    @Nullable
    PartitionState state(TopicPartition partition) {
        return states.get(partition);
    }

    /** Takes over the states that were committed. */
    void committed(List<PartitionState> after) {
        for (PartitionState state : after) {
            TopicPartition partition = state.partition();
            states.put(partition, state);
            if (state.firstUnapplied() >= 0) {
                committed.put(partition, new OffsetAndMetadata(state.firstUnapplied()));
            }
            long deferred = state.deferred().bytes();
            if (deferred > MAX_DEFERRED_BYTES && paused.add(partition)) {
                context.pause(partition);
            } else if (deferred <= MAX_DEFERRED_BYTES / 2 && paused.remove(partition)) {
                context.resume(partition);
            }
        }
    }

    /** Returns the partitions that are paused, because too many inputs are deferred. */
    Set<TopicPartition> paused() {
        return Set.copyOf(paused);
    }

    Map<TopicPartition, OffsetAndMetadata> committed() {
        return Map.copyOf(committed);
    }
}
