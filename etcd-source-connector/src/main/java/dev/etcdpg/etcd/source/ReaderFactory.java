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
import java.util.Arrays;
import java.util.Map;

/** Puts together the readers of a task. They share a connection, and the patience with it. */
final class ReaderFactory {

    private final EtcdSourceConfig config;
    private final EtcdConnection etcd;
    private final Signal signal;
    private final Clock clock;
    private final SourceMetrics metrics;
    private final Patience requests;
    private final Patience watching;
    private final BookkeepingKeys keys;

    ReaderFactory(EtcdSourceConfig config, EtcdConnection etcd, Signal signal, Clock clock, SourceMetrics metrics) {
        this.config = config;
        this.etcd = etcd;
        this.signal = signal;
        this.clock = clock;
        this.metrics = metrics;
        this.requests = new Patience(new Retries("etcd", RetryConfig.of(config), clock));
        this.watching = new Patience(new Retries("etcd watch", RetryConfig.of(config), clock));
        this.keys = config.etcd().bookkeepingKeys();
    }

    /** Connect's name for whose offsets they are. */
    static Map<String, String> partition(Route route) {
        return SourceOffset.partition(route.name(), KeyRange.ALL);
    }

    /** @param stored the offset stored for {@link #partition}, null for none */
    RouteReader reader(Route route, Map<String, Object> stored) {
        int partitions = config.getInt(EtcdSourceConfig.PARTITIONS);
        SourceOffset offset = stored == null ? SourceOffset.none(partitions) : SourceOffset.of(stored);
        OffsetBook offsets = new OffsetBook(offset);
        Scope scope = scope(route, partitions);
        ChainNumbers numbers = new ChainNumbers(scope.range(), Arrays.copyOf(offset.numbers(), partitions));
        return new RouteReader(
                scope,
                new ReaderSettings(
                        config.getInt(EtcdSourceConfig.FETCH_SIZE),
                        config.getInt(EtcdSourceConfig.BATCH_SIZE),
                        config.heartbeatInterval(),
                        config.watchTimeout()),
                new EtcdReader(etcd, keys, config.etcd().requestTimeout(), requests),
                new WatchSession.Pair(
                        watch(scope.toString(), scope.span()),
                        watch(scope + " (bookkeeping)", KeySpan.prefix(keys.prefix()))),
                keys,
                offsets,
                new Outbox(scope, partition(route), offsets, numbers, clock, metrics),
                requests,
                watching,
                clock,
                metrics);
    }

    private Scope scope(Route route, int partitions) {
        return new Scope(
                route,
                KeyRange.ALL,
                route.topic(config.getString(EtcdSourceConfig.TOPIC_PREFIX)),
                partitions,
                config.deadLetterTopic(),
                config.getBoolean(EtcdSourceConfig.TOMBSTONES),
                config.connectorName());
    }

    private EtcdWatch watch(String name, KeySpan span) {
        return new EtcdWatch(name, etcd::watch, span, config.getInt(EtcdSourceConfig.QUEUE_SIZE), signal);
    }
}
