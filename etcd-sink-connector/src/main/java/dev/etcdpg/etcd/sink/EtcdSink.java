package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.sink.commit.AnswerLease;
import dev.etcdpg.etcd.sink.commit.BatchWriter;
import dev.etcdpg.etcd.sink.commit.CopyGuard;
import dev.etcdpg.etcd.sink.commit.KeyRefusals;
import dev.etcdpg.etcd.sink.commit.LossGuard;
import dev.etcdpg.etcd.sink.commit.OriginGuard;
import dev.etcdpg.etcd.sink.commit.PartitionSink;
import dev.etcdpg.etcd.sink.commit.SupersededPolicy;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import dev.etcdpg.etcd.sink.plan.StepPlanner;
import dev.etcdpg.etcd.sink.progress.PostponedException;
import dev.etcdpg.etcd.sink.progress.ProgressKey;
import dev.etcdpg.etcd.sink.progress.ProgressWriter;
import dev.etcdpg.etcd.sink.read.InstructionReader;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** A running task: its partitions and their shared services. Not thread-safe. */
public final class EtcdSink implements AutoCloseable {

    /** Longest time for dead letters to be written. Nothing is locked meanwhile. */
    private static final Duration LETTER_TIMEOUT = Duration.ofMinutes(1);

    private static final int KEYS_PER_READ = 100;

    private final Map<TopicPartition, PartitionSink> partitions = new HashMap<>();
    private final SinkTaskContext context;
    private final EtcdGateway etcd;
    private final EtcdSinkMetrics metrics;
    private final InstructionReader reader;
    private final OriginGuard origins;
    private final Function<TopicPartition, PartitionSink> newPartition;
    /** Whether the last delivery was refused. Connect then delivers the same records again. */
    private boolean refused;

    /**
     * @param etcd is closed together with the sink
     * @param task name of this task in progress keys; no other task may use it
     * @param clock gives the number of a new epoch
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public EtcdSink(
            EtcdSinkConfig config,
            SinkTaskContext context,
            EtcdGateway etcd,
            String task,
            Clock clock,
            LongSupplier nanoTime) {
        this(config, context, etcd, task, clock, nanoTime, EtcdSinkMetrics.hidden());
    }

    /** @param metrics is closed together with the sink; the other parameters are those of the other constructor */
    EtcdSink(
            EtcdSinkConfig config,
            SinkTaskContext context,
            EtcdGateway etcd,
            String task,
            Clock clock,
            LongSupplier nanoTime,
            EtcdSinkMetrics metrics) {
        this.metrics = metrics;
        this.context = context;
        this.etcd = etcd;
        this.reader = new InstructionReader(config.routes(), config.getString(TopicConfig.PREFIX));
        BookkeepingKeys keys = config.keys();
        ProgressWriter progressWriter = new ProgressWriter(etcd, EtcdBytes.of(keys.epoch()), clock, metrics);
        CopyGuard copies = new CopyGuard(SupersededPolicy.of(config), nanoTime);
        this.origins = new OriginGuard(etcd, keys, copies, clock, nanoTime);
        PartitionSink.Services services = new PartitionSink.Services(
                new BatchWriter(etcd, progressWriter, new StepPlanner(keys), new AnswerLease(etcd, nanoTime), metrics),
                config.cutter(),
                new LossGuard(config.lossPolicy(), nanoTime),
                copies,
                new KeyRefusals(etcd, config.routes(), config.user()),
                new DeadLetters(
                        context.errantRecordReporter(),
                        DeadLetterConfig.of(config),
                        LETTER_TIMEOUT,
                        metrics::deadLetter),
                metrics);
        this.newPartition = partition -> {
            EtcdBytes key = EtcdBytes.of(keys.progress(partition.topic(), partition.partition()));
            return new PartitionSink(new ProgressKey(key, task, progressWriter, nanoTime), services);
        };
    }

    /** Returns whether {@link #put} has something to do without records. */
    public boolean isCheckDue() {
        return partitions.values().stream().anyMatch(sink -> sink.key().isCheckDue());
    }

    /**
     * Takes records. After an exception Connect must deliver the same records again.
     *
     * @throws EtcdFailure if etcd does not execute a request
     * @throws PostponedException if the records cannot be taken now
     */
    public void put(Collection<SinkRecord> records) {
        boolean again = refused;
        refused = true;
        Map<TopicPartition, List<SinkInstruction>> instructions = new LinkedHashMap<>();
        for (SinkRecord record : records) {
            instructions
                    .computeIfAbsent(partitionOf(record), p -> new ArrayList<>())
                    .add(reader.read(record));
        }
        if (claimPartitions(instructions, again)) {
            take(instructions);
            check();
            origins.check(partitions.values().stream()
                    .flatMap(sink -> sink.progress().stream())
                    .toList());
            metrics.delivered(records);
        }
        refused = false;
    }

    /** Returns, for each claimed partition, the offset after the last record that is dealt with. Sends no request. */
    public Map<TopicPartition, OffsetAndMetadata> positions() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        partitions.forEach((partition, sink) ->
                sink.position().ifPresent(next -> positions.put(partition, new OffsetAndMetadata(next))));
        return positions;
    }

    public void release(Collection<TopicPartition> closed) {
        closed.forEach(partitions::remove);
    }

    /**
     * Claims the partitions. If the consumer must seek in one partition, no record is taken, and Connect delivers the records of all partitions
     * again from the new positions. If some records were taken and the others refused, Connect would deliver the others twice: from its memory
     * and from the new position.
     *
     * @return whether the records can be taken
     */
    private boolean claimPartitions(Map<TopicPartition, List<SinkInstruction>> instructions, boolean again) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        List<PartitionSink> seeking = new ArrayList<>();
        instructions.forEach((partition, list) -> {
            PartitionSink sink = partitions.computeIfAbsent(partition, newPartition);
            long first = list.get(0).offset();
            OptionalLong seek = sink.begin(first, again);
            if (seek.isPresent()) {
                seeking.add(sink);
            }
            offsets.put(partition, seek.orElse(Math.max(first, sink.position().orElse(first))));
        });
        if (seeking.isEmpty()) {
            return true;
        }
        context.offset(offsets);
        seeking.forEach(PartitionSink::sought);
        return false;
    }

    /** Takes the records of all partitions. A partition that must wait does not hold up the others. */
    private void take(Map<TopicPartition, List<SinkInstruction>> instructions) {
        @Nullable PostponedException postponed = null;
        for (Map.Entry<TopicPartition, List<SinkInstruction>> entry : instructions.entrySet()) {
            try {
                partitions.computeIfAbsent(entry.getKey(), newPartition).take(entry.getValue());
            } catch (PostponedException e) {
                postponed = e;
            }
        }
        if (postponed != null) {
            throw postponed;
        }
    }

    private void check() {
        List<PartitionSink> due = partitions.values().stream()
                .filter(sink -> sink.key().isCheckDue())
                .toList();
        for (int i = 0; i < due.size(); i += KEYS_PER_READ) {
            List<PartitionSink> some = due.subList(i, Math.min(due.size(), i + KEYS_PER_READ));
            List<EtcdKeyState> found = etcd.read(
                    "reading progress keys",
                    some.stream().map(sink -> sink.key().key()).toList());
            for (int k = 0; k < some.size(); k++) {
                some.get(k).check(found.get(k));
            }
        }
    }

    private static TopicPartition partitionOf(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    @Override
    public void close() {
        etcd.close();
        metrics.close();
    }
}
