package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.source.EtcdSourceConfig;
import dev.etcdpg.etcd.source.ReaderEnvironment;
import dev.etcdpg.etcd.source.ReaderFactory;
import dev.etcdpg.etcd.source.ReaderRules;
import dev.etcdpg.etcd.source.RouteReader;
import dev.etcdpg.etcd.source.emit.PollBatch;
import dev.etcdpg.etcd.source.history.HistoryCheck;
import dev.etcdpg.etcd.source.history.HistoryRule;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.partition.Layout;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;

/** The etcd source's reader of one key range without its Connect task, on etcd in memory. */
public final class ModelledEtcdSource implements AutoCloseable {

    /** Name of the connector, and its prefix in etcd. */
    record Identity(String name, String prefix) {

        /** The source of the world's route. */
        static final Identity OWN = new Identity("etcd-source", WorldLayout.ROUTE.prefix());
        /** A source that writes the same topic, by mistake. */
        static final Identity FOREIGN = new Identity("copied-source", "/other/");
        /** Another source of the same prefix. */
        static final Identity SECOND = new Identity("second-source", WorldLayout.ROUTE.prefix());
    }

    /** Listens to the checks of etcd's history. */
    interface HistoryListener {

        /**
         * @param seen the highest revision that the reader knows etcd to have had
         * @param same whether the reader decided that etcd has the same history and epoch
         */
        void checked(long seen, boolean same);
    }

    /** The settings. Each page of a snapshot has one key. */
    private static EtcdSourceConfig config(String name, String prefix) {
        return new EtcdSourceConfig(Map.ofEntries(
                Map.entry("name", name),
                Map.entry("etcd.endpoints", "http://model:2379"),
                Map.entry("etcd.prefix", prefix),
                Map.entry("topic.prefix", "etcd"),
                Map.entry("partitions", String.valueOf(WorldLayout.PARTITIONS)),
                Map.entry("snapshot.fetch.size", "1"),
                Map.entry("max.batch.size", "1000"),
                Map.entry("max.queue.size", "100000"),
                Map.entry("heartbeat.interval.ms", "5000"),
                Map.entry("watch.timeout.ms", "20000"),
                // the operator accepts a backup from before the first epoch too
                Map.entry("history.policy", "resnapshot"),
                Map.entry("retry.backoff.ms", "1"),
                Map.entry("retry.backoff.max.ms", "1"),
                Map.entry("circuit.failures", "1000")));
    }

    private final InMemoryEtcdClient client;
    private final SourceMetrics metrics = new SourceMetrics();
    private final ReaderFactory factory;
    private final RouteReader reader;

    /**
     * @param identity name and prefix of the source
     * @param siblings all ranges of the route
     * @param stored the offset to start at, null for none
     */
    ModelledEtcdSource(
            InMemoryEtcdClient client,
            TestClock clock,
            Identity identity,
            KeyRange range,
            List<KeyRange> siblings,
            Map<String, ?> stored,
            ReaderRules rules) {
        this.client = client;
        factory = new ReaderFactory(
                config(identity.name(), identity.prefix()),
                () -> client,
                new ReaderEnvironment(() -> {}, clock, clock::nanoTime, metrics),
                rules);
        reader = factory.reader(
                WorldLayout.ROUTE.name(),
                range,
                new Layout(identity.prefix(), 0, siblings, List.of()),
                partition -> stored == null ? null : new HashMap<>(stored));
    }

    /**
     * Returns the rules of the protocol without those that the flags take away.
     *
     * @param listener listens to the checks of etcd's history
     */
    static ReaderRules rules(Set<Flag> flags, HistoryListener listener) {
        HistoryRule history = (before, now, event, partitions) -> {
            HistoryCheck.Verdict verdict = ReaderRules.PROTOCOL.history().decide(before, now, event, partitions);
            listener.checked(
                    before.revision(),
                    verdict.action() == HistoryCheck.Action.GO_ON
                            && now.epoch() == before.history().epoch());
            return flags.contains(Flag.NO_HISTORY_CHECK) && verdict.anotherHistory()
                    ? new HistoryCheck.Verdict(HistoryCheck.Action.GO_ON, "", false)
                    : verdict;
        };
        return new ReaderRules(
                history,
                flags.contains(Flag.NO_WAITING_ANSWERS) ? covered -> false : ReaderRules.PROTOCOL.answers(),
                flags.contains(Flag.NO_DISTRUST_OF_COMPACTED) ? compacted -> true : ReaderRules.PROTOCOL.watchStarts());
    }

    /**
     * Lets a watch deliver at most the given number of revisions.
     *
     * @return whether the watch delivered anything
     */
    boolean watch(int index, int revisions) {
        List<InMemoryEtcdClient.Watcher> watchers = client.watchers();
        return index < watchers.size() && watchers.get(index).deliver(revisions);
    }

    void loseConnection() {
        client.watchers().forEach(InMemoryEtcdClient.Watcher::fail);
    }

    /** @param size weight at which the batch is full */
    List<SourceRecord> work(int size) {
        PollBatch batch = new PollBatch(size);
        reader.work(batch);
        return batch.records();
    }

    /** @param offset the offset that Connect has stored, null for none */
    void stored(Map<String, ?> offset) {
        if (reader.wantsStoredOffset() && offset != null) {
            reader.stored(offset);
        }
    }

    long snapshotsBegun() {
        return metrics.get(SourceMetrics.Counter.SNAPSHOTS_BEGUN);
    }

    /** Closes the watches. */
    @Override
    public void close() {
        reader.close();
    }
}
