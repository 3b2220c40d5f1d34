package dev.etcdpg.etcd.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.emit.ChainNumbers;
import dev.etcdpg.etcd.source.emit.RecordEmitter;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.RangeMetrics;
import dev.etcdpg.etcd.source.offset.InheritedOffsets;
import dev.etcdpg.etcd.source.offset.OffsetFormat;
import dev.etcdpg.etcd.source.offset.OffsetTracker;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.offset.SourcePartition;
import dev.etcdpg.etcd.source.partition.Layout;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.SnapshotContext;
import dev.etcdpg.etcd.source.snapshot.SnapshotCoordinator;
import dev.etcdpg.etcd.source.watch.EtcdWatch;
import dev.etcdpg.etcd.source.watch.WatchQueue;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import io.etcd.jetcd.Client;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Assembles the readers of a task. They share one connection to etcd and its retry policies. */
public final class ReaderFactory implements AutoCloseable {

    private final EtcdSourceConfig config;
    private final ReaderEnvironment environment;
    private final ReaderRules rules;
    private final ReaderSettings settings;
    private final BookkeepingKeys keys;
    private final EtcdRetryPolicy requests;
    private final EtcdRetryPolicy watching;
    private final EtcdGateway etcd;
    private final EpochStore epochs;

    /** @param clients makes each client of etcd */
    public ReaderFactory(
            EtcdSourceConfig config, Supplier<Client> clients, ReaderEnvironment environment, ReaderRules rules) {
        this.config = config;
        this.environment = environment;
        this.rules = rules;
        this.settings = ReaderSettings.of(config);
        this.keys = config.etcd().bookkeepingKeys();
        this.requests = retries("etcd");
        this.watching = retries("etcd watch");
        this.etcd = EtcdGateway.open(config.etcd(), clients, requests);
        this.epochs = new EpochStore(etcd, keys);
    }

    private EtcdRetryPolicy retries(String store) {
        return new EtcdRetryPolicy(new RetryPolicy(
                store,
                config.retry(),
                environment.nanoTime(),
                environment.metrics().retries(store)));
    }

    /**
     * Assembles the reader of a key range.
     *
     * @param layout the layout of the route
     * @param stored returns the stored offset of a source partition, null for none
     */
    public RouteReader reader(
            String routeName,
            KeyRange range,
            Layout layout,
            Function<Map<String, String>, @Nullable Map<String, Object>> stored) {
        Scope scope = scope(routeName, range, layout);
        SourceOffset offset = startOffset(scope, layout, stored);
        OffsetTracker offsets = new OffsetTracker(offset);
        ChainNumbers numbers = new ChainNumbers(range, Arrays.copyOf(offset.numbers(), scope.partitions()));
        RangeMetrics metrics = environment.metrics().range(routeName);
        RecordEmitter emitter = new RecordEmitter(scope, offsets, numbers, environment.clock(), metrics);
        SnapshotCoordinator snapshots = new SnapshotCoordinator(
                new SnapshotContext(scope, etcd, keys, emitter, config.getInt(EtcdSourceConfig.FETCH_SIZE), metrics),
                offsets,
                environment.nanoTime());
        HistoryGuard history = new HistoryGuard(
                scope,
                HistoryGuard.Etcd.of(etcd, keys),
                offsets,
                new HistoryGuard.Policy(rules.history(), rules.watchStarts(), config.historyPolicy()),
                environment.clock(),
                metrics);
        return reader(scope, history, new RouteReader.Output(offsets, emitter, snapshots, metrics));
    }

    private RouteReader reader(Scope scope, HistoryGuard history, RouteReader.Output output) {
        ReaderSchedule schedule = new ReaderSchedule(settings, environment.nanoTime());
        SessionStart start = new SessionStart(
                scope, settings.mode(), history, output.offsets(), output.emitter(), output.snapshots());
        WatchSession.Pair watches = watches(scope);
        ReaderSession sessions = new ReaderSession(
                epochs,
                history,
                start,
                output.snapshots(),
                schedule,
                new ReaderSession.Watches(
                        delivered -> new WatchSession(
                                scope.toString(), settings.watch(), watches, watching, output.metrics(), delivered),
                        requests,
                        watching));
        RevisionDelivery delivery = new RevisionDelivery(
                scope,
                new BookkeepingReader(keys, scope.route().name(), scope.range()),
                output.offsets(),
                output.emitter(),
                output.snapshots(),
                rules.answers());
        return new RouteReader(
                new RouteReader.Connection(epochs, requests, etcd::replaceClient),
                history,
                sessions,
                schedule,
                delivery,
                output);
    }

    private Scope scope(String routeName, KeyRange range, Layout layout) {
        Route route = configured(routeName);
        PrefixCheck.sameAsLayout(route, layout, keys.ranges(config.connectorName()));
        return new Scope(
                route,
                range,
                layout.ranges(),
                route.topic(config.getString(TopicConfig.PREFIX)),
                config.getInt(TopicConfig.PARTITIONS),
                config.deadLetterTopic(),
                config.getBoolean(EtcdSourceConfig.TOMBSTONES),
                config.connectorName());
    }

    private Route configured(String name) {
        return config.routes().stream()
                .filter(route -> route.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConnectException("The task is assigned route " + name
                        + ", which is not configured. Restart the connector to assign its routes anew."));
    }

    private static SourceOffset startOffset(
            Scope scope, Layout layout, Function<Map<String, String>, @Nullable Map<String, Object>> stored) {
        InheritedOffsets offsets = new InheritedOffsets(layout, range -> {
            Map<String, Object> map =
                    stored.apply(SourcePartition.of(scope.route().name(), range));
            return map == null
                    ? null
                    : PrefixCheck.sameAsOffset(scope.route(), OffsetFormat.parse(map, scope.partitions()));
        });
        SourceOffset found = offsets.startOf(scope.range());
        return found == null ? SourceOffset.none(scope.partitions()).inLayout(layout.number()) : found;
    }

    private WatchSession.Pair watches(Scope scope) {
        return new WatchSession.Pair(
                watch(scope.toString(), scope.span()), watch(scope + " (bookkeeping)", KeySpan.prefix(keys.prefix())));
    }

    private EtcdWatch watch(String name, KeySpan span) {
        WatchQueue queue = new WatchQueue(config.getInt(EtcdSourceConfig.QUEUE_SIZE), environment.wakeUp());
        return new EtcdWatch(name, etcd::watch, span, queue, environment.nanoTime());
    }

    @Override
    public void close() {
        etcd.close();
    }
}
