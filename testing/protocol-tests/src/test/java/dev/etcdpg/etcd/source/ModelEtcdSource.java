package dev.etcdpg.etcd.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.emit.Batch;
import dev.etcdpg.etcd.source.emit.ChainNumbers;
import dev.etcdpg.etcd.source.emit.Outbox;
import dev.etcdpg.etcd.source.history.HistoryCheck;
import dev.etcdpg.etcd.source.history.HistoryGuard;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.offset.SourceOffset;
import dev.etcdpg.etcd.source.partition.Scope;
import dev.etcdpg.etcd.source.snapshot.SnapshotMode;
import dev.etcdpg.etcd.source.watch.EtcdWatch;
import dev.etcdpg.etcd.source.watch.Signal;
import dev.etcdpg.etcd.source.watch.WatchSession;
import dev.etcdpg.etcd.store.EpochStore;
import dev.etcdpg.testing.model.EtcdClient;
import dev.etcdpg.testing.model.Flag;
import dev.etcdpg.testing.model.ModelClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;

/** The etcd source's reader of a range, all of it but its task, on a modelled etcd. */
public final class ModelEtcdSource implements AutoCloseable {

    /** Is told of each look at the history. */
    public interface Looks {

        /**
         * @param seen the highest revision that the reader knows etcd to have had
         * @param same whether it found etcd to have the same history and epoch
         */
        void looked(long seen, boolean same);
    }

    private static final RetryConfig RETRIES =
            new RetryConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(-1), 1_000);

    private final EtcdClient client;
    private final SourceMetrics metrics = new SourceMetrics();
    private final RouteReader reader;

    /**
     * @param siblings all ranges of the route
     * @param fetchSize keys of a snapshot's page
     * @param stored the offset to begin at, null for none
     */
    public ModelEtcdSource(
            EtcdClient client,
            ModelClock clock,
            Route route,
            KeyRange range,
            List<KeyRange> siblings,
            int partitions,
            int fetchSize,
            Map<String, ?> stored,
            Set<Flag> flags,
            Looks looks) {
        this.client = client;
        BookkeepingKeys keys = new BookkeepingKeys(BookkeepingKeys.DEFAULT_PREFIX);
        SourceOffset offset = stored == null
                ? SourceOffset.none(partitions).inLayout(0)
                : SourceOffset.of(stored, partitions).inLayout(0);
        OffsetBook offsets = new OffsetBook(offset);
        Scope scope =
                new Scope(route, range, siblings, route.topic("etcd"), partitions, "etcd.dlq", false, "etcd-source");
        ReaderSettings settings = new ReaderSettings(
                fetchSize, 1_000, Duration.ofSeconds(5), Duration.ofSeconds(20), SnapshotMode.WHEN_NEEDED, false);
        EtcdRetryPolicy requests = new EtcdRetryPolicy(new RetryPolicy("etcd", RETRIES, clock::nanoTime));
        EtcdRetryPolicy watching = new EtcdRetryPolicy(new RetryPolicy("etcd watch", RETRIES, clock::nanoTime));
        EtcdGateway etcd = new EtcdGateway(() -> client, Duration.ofSeconds(5), requests);
        Signal signal = new Signal();
        HistoryGuard guard =
                new HistoryGuard(scope, settings, etcd, new EpochStore(etcd, keys), offsets, clock, metrics) {
                    @Override
                    public HistoryCheck.Verdict judge(EtcdState state) {
                        HistoryCheck.Verdict verdict = super.judge(state);
                        looks.looked(
                                offsets.seen().revision(),
                                verdict.action() == HistoryCheck.Action.GO_ON && state.epoch() == offsets.epoch());
                        return flags.contains(Flag.NO_HISTORY_CHECK) && verdict.anotherHistory()
                                ? new HistoryCheck.Verdict(HistoryCheck.Action.GO_ON, "", false)
                                : verdict;
                    }
                };
        reader =
                new RouteReader(
                        scope,
                        settings,
                        etcd,
                        new WatchSession.Pair(
                                new EtcdWatch("data", etcd::watch, scope.span(), 100_000, signal, clock::nanoTime),
                                new EtcdWatch(
                                        "bookkeeping",
                                        etcd::watch,
                                        KeySpan.prefix(keys.prefix()),
                                        100_000,
                                        signal,
                                        clock::nanoTime)),
                        keys,
                        guard,
                        offsets,
                        new Outbox(
                                scope,
                                SourceOffset.partition(route.name(), range),
                                offsets,
                                new ChainNumbers(range, Arrays.copyOf(offset.numbers(), partitions)),
                                clock,
                                metrics),
                        requests,
                        watching,
                        metrics,
                        clock::nanoTime) {
                    @Override
                    boolean isHeldBack(String key) {
                        return !flags.contains(Flag.NO_ANSWER_HOLD) && super.isHeldBack(key);
                    }
                };
    }

    /** A watch says up to so many revisions. */
    public boolean watch(int index, int revisions) {
        List<EtcdClient.Watcher> watchers = client.watchers();
        return index < watchers.size() && watchers.get(index).speak(revisions);
    }

    public void loseConnection() {
        client.watchers().forEach(EtcdClient.Watcher::fail);
    }

    /** @param size weight after which no more is begun */
    public List<SourceRecord> work(int size) {
        Batch batch = new Batch(size);
        reader.work(batch);
        return batch.records();
    }

    /** The offset that Connect has stored. */
    public void stored(Map<String, ?> offset) {
        if (reader.wantsStoredOffset() && offset != null) {
            reader.stored(offset);
        }
    }

    public long snapshotsBegun() {
        return metrics.get(SourceMetrics.Counter.SNAPSHOTS_BEGUN);
    }

    /** Name of the range's offset. */
    public static Map<String, String> partition(Route route, KeyRange range) {
        return SourceOffset.partition(route.name(), range);
    }

    @Override
    public void close() {
        reader.close();
    }
}
