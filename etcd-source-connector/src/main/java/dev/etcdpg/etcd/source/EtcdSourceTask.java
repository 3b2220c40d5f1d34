package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.metrics.MetricSet;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.core.topic.SendGuard;
import dev.etcdpg.core.topic.SourceTopics;
import dev.etcdpg.core.topic.TopicNeed;
import dev.etcdpg.etcd.source.emit.PollBatch;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.offset.SourcePartition;
import dev.etcdpg.etcd.source.partition.TaskAssignment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lifecycle of a task: it starts the readers of its key ranges and hands their records to Connect. */
public final class EtcdSourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdSourceTask.class);

    /** The longest time of a poll. Connect stops and pauses a task only between two polls. */
    private static final Duration LONGEST_POLL = Duration.ofMillis(500);

    private final Map<Map<String, String>, RouteReader> readers = new HashMap<>();
    private final Semaphore wakeUps = new Semaphore(0);
    private MetricSet metricSet = MetricSet.hidden();
    private SourceMetrics metrics = new SourceMetrics();
    private List<RouteReader> order = List.of();
    private int first;
    private int batchSize;
    private @Nullable ReaderFactory factory;
    private List<TopicNeed> topicNeeds = List.of();

    // set by start
    @SuppressWarnings("NullAway.Init")
    private SourceTopics topics;

    @SuppressWarnings("NullAway.Init")
    private SendGuard sends;

    private volatile boolean offsetsStored;

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> properties) {
        EtcdSourceConfig config = new EtcdSourceConfig(properties);
        config.log(LOG);
        metricSet = TaskMetrics.of(context, System::nanoTime);
        metrics = new SourceMetrics(metricSet);
        batchSize = config.getInt(EtcdSourceConfig.BATCH_SIZE);
        topicNeeds = config.topicNeeds();
        topics = new SourceTopics(config, System::nanoTime);
        sends = SendGuard.started(config.sendTimeout(), topics);
        try {
            ReaderFactory created = new ReaderFactory(
                    config,
                    config.etcd()::newClient,
                    ReaderEnvironment.of(wakeUps::release, metrics),
                    ReaderRules.PROTOCOL);
            factory = created;
            TaskAssignment assignment = config.assignment();
            for (TaskAssignment.Part part : assignment.parts()) {
                RouteReader reader =
                        created.reader(part.route(), part.range(), assignment.layout(part), this::storedOffset);
                readers.put(SourcePartition.of(part.route(), part.range()), reader);
            }
            order = List.copyOf(readers.values());
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private @Nullable Map<String, Object> storedOffset(Map<String, String> partition) {
        return context.offsetStorageReader().offset(partition);
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        return sends.poll(this::read);
    }

    private @Nullable List<SourceRecord> read() throws InterruptedException {
        Deadline end = Deadline.after(LONGEST_POLL, System::nanoTime);
        if (!topics.awaitUsable(topicNeeds)) {
            wakeUps.tryAcquire(end.remainingNanos(), TimeUnit.NANOSECONDS);
            return null;
        }
        while (true) {
            // a wake-up after this line ends the wait below
            wakeUps.drainPermits();
            passStoredOffsets();
            PollBatch batch = new PollBatch(batchSize);
            work(batch);
            if (!batch.isEmpty()) {
                if (context.transactionContext() != null) {
                    context.transactionContext().commitTransaction();
                }
                metrics.batch(batch.records().size());
                return batch.records();
            }
            if (end.hasPassed()) {
                return null;
            }
            wakeUps.tryAcquire(nanosUntilWork(end), TimeUnit.NANOSECONDS);
        }
    }

    /** Lets each reader work. Each call begins with another reader, because the batch may be full before the last reader's turn. */
    private void work(PollBatch batch) {
        first = (first + 1) % Math.max(1, order.size());
        for (int i = 0; i < order.size(); i++) {
            order.get((first + i) % order.size()).work(batch);
        }
    }

    private long nanosUntilWork(Deadline end) {
        long nanos = end.remainingNanos();
        for (RouteReader reader : order) {
            nanos = Math.min(nanos, reader.nanosUntilWork());
        }
        return nanos;
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        sends.acknowledged(record, metadata);
    }

    /**
     * Connect calls this method when it has stored offsets, possibly on another thread. With exactly-once support, Connect calls it after each
     * transaction.
     */
    @Override
    public void commit() {
        offsetsStored = true;
        wakeUps.release();
    }

    private void passStoredOffsets() {
        if (offsetsStored) {
            offsetsStored = false;
            readers.forEach((partition, reader) -> {
                if (reader.wantsStoredOffset()) {
                    Map<String, Object> stored = storedOffset(partition);
                    if (stored != null) {
                        reader.stored(stored);
                    }
                }
            });
        }
    }

    @Override
    public void stop() {
        if (sends != null) {
            sends.close();
        }
        readers.values().forEach(RouteReader::close);
        readers.clear();
        order = List.of();
        if (factory != null) {
            factory.close();
            factory = null;
        }
        metricSet.close();
        LOG.info("Stopped; {}", metrics);
    }

    /** Returns the counters of the task since its start. */
    public SourceMetrics metrics() {
        return metrics;
    }
}
