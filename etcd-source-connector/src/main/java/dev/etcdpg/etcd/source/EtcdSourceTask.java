package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Version;
import dev.etcdpg.etcd.source.emit.Batch;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Assignment;
import dev.etcdpg.etcd.source.watch.Signal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lifecycle of the source: makes the readers of its routes, and hands on what they deliver. */
public final class EtcdSourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdSourceTask.class);

    /** Connect stops and pauses a task only between two polls. */
    private static final long LONGEST_POLL_NANOS = Duration.ofMillis(500).toNanos();

    private final Map<Map<String, String>, RouteReader> readers = new HashMap<>();
    private final Signal signal = new Signal();
    private final SourceMetrics metrics = new SourceMetrics();
    private EtcdSourceConfig config;
    private List<RouteReader> order = List.of();
    private int first;
    private ReaderFactory factory;
    private volatile boolean offsetsStored;

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> properties) {
        config = new EtcdSourceConfig(properties);
        config.log(LOG);
        try {
            factory = new ReaderFactory(config, signal, Clock.systemUTC(), System::nanoTime, metrics);
            Assignment assignment = config.assignment();
            for (Assignment.Part part : assignment.parts()) {
                readers.put(
                        SourceOffset.partition(part.route(), part.range()),
                        factory.reader(
                                part, assignment.layouts().get(part.route()), partition -> context.offsetStorageReader()
                                        .offset(partition)));
            }
            order = List.copyOf(readers.values());
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
        long end = System.nanoTime() + LONGEST_POLL_NANOS;
        while (true) {
            long seen = signal.seen();
            lookAtStoredOffsets();
            Batch batch = new Batch(config.getInt(EtcdSourceConfig.BATCH_SIZE));
            // another one first each time: a batch may be full before the last has its turn
            first = (first + 1) % Math.max(1, order.size());
            for (int i = 0; i < order.size(); i++) {
                order.get((first + i) % order.size()).work(batch);
            }
            if (!batch.isEmpty()) {
                if (context.transactionContext() != null) {
                    context.transactionContext().commitTransaction();
                }
                return batch.records();
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            for (RouteReader reader : order) {
                left = Math.min(left, reader.nanosUntilWork());
            }
            signal.await(seen, left);
        }
    }

    /** Called when offsets are stored, with exactly-once after each transaction; maybe on a thread of its own. */
    @Override
    public void commit() {
        offsetsStored = true;
        signal.raise();
    }

    private void lookAtStoredOffsets() {
        if (offsetsStored) {
            offsetsStored = false;
            readers.forEach((partition, reader) -> {
                if (reader.wantsStoredOffset()) {
                    Map<String, Object> stored = context.offsetStorageReader().offset(partition);
                    if (stored != null) {
                        reader.stored(stored);
                    }
                }
            });
        }
    }

    @Override
    public void stop() {
        readers.values().forEach(RouteReader::close);
        readers.clear();
        order = List.of();
        if (factory != null) {
            factory.close();
            factory = null;
        }
        LOG.info("Stopped; {}", metrics);
    }

    /** What it has done since it was started. */
    public SourceMetrics metrics() {
        return metrics;
    }
}
