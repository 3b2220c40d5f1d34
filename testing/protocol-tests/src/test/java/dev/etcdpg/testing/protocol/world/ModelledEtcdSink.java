package dev.etcdpg.testing.protocol.world;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.RequestGuard;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.sink.EtcdSink;
import dev.etcdpg.etcd.sink.EtcdSinkConfig;
import dev.etcdpg.etcd.sink.progress.PostponedException;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The etcd sink without its Connect task, on etcd in memory. */
public final class ModelledEtcdSink implements SinkRunner.Task {

    private final EtcdSink sink;
    private final EtcdGateway etcd;
    private final TopicPartition partition;
    private final EtcdBytes progressKey;

    /**
     * @param task the name of the task in the progress key
     * @param skipsSuperseded whether the sink skips the records of a superseded database; otherwise it fails
     */
    ModelledEtcdSink(
            SinkTaskContext context,
            InMemoryEtcdClient client,
            TestClock clock,
            Route route,
            TopicPartition partition,
            String task,
            boolean skipsSuperseded) {
        this.partition = partition;
        EtcdSinkConfig config = new EtcdSinkConfig(Map.of(
                EtcdConfig.ENDPOINTS,
                "http://model:2379",
                RouteConfig.ROUTES,
                route.name() + "=" + route.prefix(),
                EtcdSinkConfig.MAX_TXN_BYTES,
                Integer.toString(1 << 20),
                "superseded.database",
                skipsSuperseded ? "skip" : "fail"));
        etcd = new EtcdGateway(() -> client, Duration.ofSeconds(5), RequestGuard.NONE);
        progressKey = EtcdBytes.of(
                new BookkeepingKeys(BookkeepingKeys.DEFAULT_PREFIX).progress(partition.topic(), partition.partition()));
        sink = new EtcdSink(config, context, etcd, task, clock, clock::nanoTime);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty() && !sink.isCheckDue()) {
            return;
        }
        try {
            sink.put(records);
        } catch (PostponedException e) {
            throw new RetriableException(e);
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.TRANSIENT) {
                throw new RetriableException(e);
            }
            throw new AssertionError("the etcd sink's task failed", e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> positions() {
        return sink.positions();
    }

    /** Whether the sink still owesWork a new epoch for lost records. */
    boolean owesEpoch() {
        EtcdKeyState found = etcd.read("reading progress", List.of(progressKey)).get(0);
        return found.isPresent()
                && SinkProgress.parse("progress", found.value()).lost();
    }

    /** Returns the progress of a sink that knows only the position of the consumer group and the numbers before this position. */
    static byte[] forgotten(long next, String origin, long last) {
        return new SinkProgress(next, last == 0 ? Map.of() : Map.of(origin, last), Map.of(), null, false)
                .write()
                .toByteArray();
    }

    /** Returns the offset in a progress key. It is one above the last record that the progress covers. */
    static long next(byte[] progress) {
        return SinkProgress.parse("progress", EtcdBytes.of(progress)).next();
    }

    @Override
    public void close() {
        sink.release(List.of(partition));
        sink.close();
    }
}
