package dev.etcdpg.etcd.sink;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** A running task: its partitions, and what they share. Not thread-safe. */
final class EtcdSink implements AutoCloseable {

    /** How long the progress keys of partitions without records go unlooked at. */
    static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    private static final int KEYS_PER_READ = 100;

    private final Map<TopicPartition, PartitionSink> partitions = new HashMap<>();
    private final SinkTaskContext context;
    private final EtcdGateway store;
    private final Clock clock;
    private final ItemReader reader;
    private final Function<TopicPartition, PartitionSink> newPartition;
    private boolean refused;

    EtcdSink(
            SinkTaskContext context,
            EtcdGateway store,
            Clock clock,
            ItemReader reader,
            Function<TopicPartition, PartitionSink> newPartition) {
        this.context = context;
        this.store = store;
        this.clock = clock;
        this.reader = reader;
        this.newPartition = newPartition;
    }

    /** Whether {@link #put} has something to do though there are no records. */
    boolean isCheckDue() {
        return partitions.values().stream().anyMatch(this::isCheckDue);
    }

    /**
     * @throws EtcdFailure if etcd does not do it
     * @throws Postponed if it cannot be done now; in both cases the same records must be put again
     */
    void put(Collection<SinkRecord> records) {
        boolean again = refused;
        refused = true;
        Map<TopicPartition, List<Item>> items = new LinkedHashMap<>();
        for (SinkRecord record : records) {
            items.computeIfAbsent(partitionOf(record), p -> new ArrayList<>()).add(reader.read(record));
        }
        if (!isSeeking(items, again)) {
            take(items);
            check();
        }
        refused = false;
    }

    /** Only what is dealt with, and only of partitions of which that is known. No I/O. */
    Map<TopicPartition, OffsetAndMetadata> positions() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        partitions.forEach((partition, sink) ->
                sink.position().ifPresent(next -> positions.put(partition, new OffsetAndMetadata(next))));
        return positions;
    }

    void release(Collection<TopicPartition> closed) {
        closed.forEach(partitions::remove);
    }

    /**
     * Claims the partitions. If the consumer must go elsewhere in one of them, nothing of the batch is taken, and it comes again: were part
     * of it taken and then refused, Connect would deliver the refused part both from its memory and from the new position.
     */
    private boolean isSeeking(Map<TopicPartition, List<Item>> items, boolean again) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        List<PartitionSink> seeking = new ArrayList<>();
        items.forEach((partition, list) -> {
            PartitionSink sink = partitions.computeIfAbsent(partition, newPartition);
            long first = list.get(0).offset();
            sink.begin(first, again)
                    .ifPresentOrElse(
                            offset -> {
                                offsets.put(partition, offset);
                                seeking.add(sink);
                            },
                            () -> offsets.put(
                                    partition, Math.max(first, sink.position().orElse(first))));
        });
        if (seeking.isEmpty()) {
            return false;
        }
        context.offset(offsets);
        seeking.forEach(PartitionSink::sought);
        return true;
    }

    private void take(Map<TopicPartition, List<Item>> items) {
        Postponed postponed = null;
        for (Map.Entry<TopicPartition, List<Item>> entry : items.entrySet()) {
            try {
                partitions.get(entry.getKey()).take(entry.getValue());
            } catch (Postponed e) {
                postponed = e; // the others need not wait for it
            }
        }
        if (postponed != null) {
            throw postponed;
        }
    }

    private void check() {
        List<PartitionSink> due =
                partitions.values().stream().filter(this::isCheckDue).toList();
        for (int i = 0; i < due.size(); i += KEYS_PER_READ) {
            List<PartitionSink> some = due.subList(i, Math.min(due.size(), i + KEYS_PER_READ));
            List<EtcdBytes> keys = some.stream().map(sink -> sink.key().key()).toList();
            List<KeyState> found = store.read("reading a progress key", keys);
            for (int k = 0; k < some.size(); k++) {
                some.get(k).check(found.get(k));
            }
        }
    }

    private boolean isCheckDue(PartitionSink sink) {
        return sink.lastSeen()
                .filter(seen -> !seen.plus(CHECK_EVERY).isAfter(clock.instant()))
                .isPresent();
    }

    private static TopicPartition partitionOf(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    @Override
    public void close() {
        store.close();
    }
}
