package dev.etcdpg.etcd.source;

import dev.etcdpg.common.BookkeepingKeys;
import dev.etcdpg.common.KeyRange;
import dev.etcdpg.common.Route;
import dev.etcdpg.common.config.RetryConfig;
import dev.etcdpg.common.retry.Retries;
import dev.etcdpg.etcd.source.decide.ChainNumbers;
import dev.etcdpg.etcd.source.decide.OffsetBook;
import dev.etcdpg.etcd.source.decide.SourceOffset;
import dev.etcdpg.etcd.source.watch.EtcdWatch;
import dev.etcdpg.etcd.source.watch.Signal;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
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
    private EtcdConnection etcd;
    private volatile boolean offsetsStored;

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> properties) {
        config = new EtcdSourceConfig(properties);
        try {
            etcd = new EtcdConnection(config.etcd());
            Clock clock = Clock.systemUTC();
            RetryConfig retry = RetryConfig.of(config);
            Patience requests = new Patience(new Retries("etcd", retry, clock));
            Patience watching = new Patience(new Retries("etcd watch", retry, clock));
            for (Route route : config.taskRoutes()) {
                Map<String, String> partition = SourceOffset.partition(route.name(), KeyRange.ALL);
                readers.put(partition, reader(route, partition, requests, watching, clock));
            }
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private RouteReader reader(
            Route route, Map<String, String> partition, Patience requests, Patience watching, Clock clock) {
        int partitions = config.getInt(EtcdSourceConfig.PARTITIONS);
        Scope scope = new Scope(
                route,
                KeyRange.ALL,
                route.topic(config.getString(EtcdSourceConfig.TOPIC_PREFIX)),
                partitions,
                config.deadLetterTopic(),
                config.getBoolean(EtcdSourceConfig.TOMBSTONES),
                config.connectorName());
        ReaderSettings settings = new ReaderSettings(
                config.getInt(EtcdSourceConfig.FETCH_SIZE),
                config.getInt(EtcdSourceConfig.BATCH_SIZE),
                config.heartbeatInterval(),
                config.watchTimeout());
        Map<String, Object> stored = context.offsetStorageReader().offset(partition);
        SourceOffset offset = stored == null ? SourceOffset.none(partitions) : SourceOffset.of(stored);
        OffsetBook offsets = new OffsetBook(offset);
        ChainNumbers numbers = new ChainNumbers(scope.range(), Arrays.copyOf(offset.numbers(), partitions));
        BookkeepingKeys keys = config.etcd().bookkeepingKeys();
        int queue = config.getInt(EtcdSourceConfig.QUEUE_SIZE);
        return new RouteReader(
                scope,
                settings,
                new EtcdReader(etcd, keys, config.etcd().requestTimeout(), requests),
                new EtcdWatch(scope.toString(), etcd::watch, scope.span(), queue, signal),
                new EtcdWatch(scope + " (bookkeeping)", etcd::watch, KeySpan.prefix(keys.prefix()), queue, signal),
                keys,
                offsets,
                new Outbox(scope, partition, offsets, numbers, clock, metrics),
                requests,
                watching,
                clock,
                metrics);
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
        long end = System.nanoTime() + LONGEST_POLL_NANOS;
        while (true) {
            long seen = signal.seen();
            lookAtStoredOffsets();
            Batch batch = new Batch(config.getInt(EtcdSourceConfig.BATCH_SIZE));
            for (RouteReader reader : readers.values()) {
                reader.work(batch);
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
            for (RouteReader reader : readers.values()) {
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
        if (etcd != null) {
            etcd.close();
            etcd = null;
        }
        LOG.info("Stopped; {}", metrics);
    }

    /** What it has done since it was started. */
    public SourceMetrics metrics() {
        return metrics;
    }
}
