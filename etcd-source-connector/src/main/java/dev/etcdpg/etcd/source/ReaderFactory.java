package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.emit.ChainNumbers;
import dev.etcdpg.etcd.source.emit.Outbox;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Assignment;
import dev.etcdpg.etcd.source.partition.Layout;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.watch.EtcdWatch;
import dev.etcdpg.etcd.source.watch.Signal;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Puts together the readers of a task. They share a connection, and the patience with it. */
final class ReaderFactory implements AutoCloseable {

    private final EtcdSourceConfig config;
    private final EtcdGateway etcd;
    private final Signal signal;
    private final Clock clock;
    private final SourceMetrics metrics;
    private final LongSupplier nanoTime;
    private final EtcdRetryPolicy requests;
    private final EtcdRetryPolicy watching;
    private final BookkeepingKeys keys;

    /** @param nanoTime as {@link System#nanoTime()} */
    ReaderFactory(EtcdSourceConfig config, Signal signal, Clock clock, LongSupplier nanoTime, SourceMetrics metrics) {
        this.config = config;
        this.signal = signal;
        this.clock = clock;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.requests = new EtcdRetryPolicy(new RetryPolicy("etcd", RetryConfig.of(config), nanoTime));
        this.watching = new EtcdRetryPolicy(new RetryPolicy("etcd watch", RetryConfig.of(config), nanoTime));
        this.etcd = EtcdGateway.open(config.etcd(), requests);
        this.keys = config.etcd().bookkeepingKeys();
    }

    /**
     * @param part what it reads
     * @param layout of the part's route
     * @param stored the offset stored for a source partition, null for none
     */
    RouteReader reader(Assignment.Part part, Layout layout, Function<Map<String, String>, Map<String, Object>> stored) {
        int partitions = config.getInt(EtcdSourceConfig.PARTITIONS);
        Route route = new Route(part.route(), layout.prefix());
        SourceOffset found = layout.begin(part.range(), range -> {
            Map<String, Object> map = stored.apply(SourceOffset.partition(route.name(), range));
            return map == null ? null : SourceOffset.of(map, partitions);
        });
        SourceOffset offset = found == null ? SourceOffset.none(partitions).inLayout(layout.number()) : found;
        OffsetBook offsets = new OffsetBook(offset);
        Scope scope = new Scope(
                route,
                part.range(),
                layout.ranges(),
                route.topic(config.getString(EtcdSourceConfig.TOPIC_PREFIX)),
                partitions,
                config.deadLetterTopic(),
                config.getBoolean(EtcdSourceConfig.TOMBSTONES),
                config.connectorName());
        ChainNumbers numbers = new ChainNumbers(scope.range(), Arrays.copyOf(offset.numbers(), partitions));
        ReaderSettings settings = new ReaderSettings(
                config.getInt(EtcdSourceConfig.FETCH_SIZE),
                config.getInt(EtcdSourceConfig.BATCH_SIZE),
                config.heartbeatInterval(),
                config.watchTimeout(),
                config.snapshotMode(),
                config.failOnAnotherHistory());
        return new RouteReader(
                scope,
                settings,
                etcd,
                new WatchSession.Pair(
                        watch(scope.toString(), scope.span()),
                        watch(scope + " (bookkeeping)", KeySpan.prefix(keys.prefix()))),
                keys,
                new HistoryGuard(scope, settings, etcd, new EpochStore(etcd, keys), offsets, clock, metrics),
                offsets,
                new Outbox(scope, SourceOffset.partition(route.name(), part.range()), offsets, numbers, clock, metrics),
                requests,
                watching,
                metrics,
                nanoTime);
    }

    @Override
    public void close() {
        etcd.close();
    }

    private EtcdWatch watch(String name, KeySpan span) {
        return new EtcdWatch(name, etcd::watch, span, config.getInt(EtcdSourceConfig.QUEUE_SIZE), signal, nanoTime);
    }
}
