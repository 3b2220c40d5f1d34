package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.RequestGuard;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import dev.etcdpg.testing.model.EtcdClient;
import dev.etcdpg.testing.model.ModelClock;
import dev.etcdpg.testing.model.SinkRunner;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The etcd sink, all of it but its task, on a modelled etcd. */
public final class ModelEtcdSink implements SinkRunner.Task {

    private final EtcdSink sink;
    private final EtcdGateway store;
    private final TopicPartition partition;
    private final EtcdBytes progressKey;

    /** @param me name of the task */
    public ModelEtcdSink(
            SinkTaskContext context,
            EtcdClient client,
            ModelClock clock,
            Route route,
            TopicPartition partition,
            String me) {
        this.partition = partition;
        BookkeepingKeys keys = new BookkeepingKeys(BookkeepingKeys.DEFAULT_PREFIX);
        store = new EtcdGateway(() -> client, Duration.ofSeconds(5), RequestGuard.NONE);
        Bookkeeping bookkeeping = new Bookkeeping(store, EtcdBytes.of(keys.epoch()), clock);
        PartitionSink.Shared shared = new PartitionSink.Shared(
                new BatchWriter(store, bookkeeping, new Steps(keys), new AnswerLease(store, clock)),
                new BatchCut(126, 1 << 20),
                new LossGuard(LossPolicy.HEAL, clock),
                new DeadLetters(
                        context.errantRecordReporter(), new DeadLetterConfig("", 1 << 20), Duration.ofMinutes(1)),
                clock);
        progressKey = EtcdBytes.of(keys.progress(partition.topic(), partition.partition()));
        sink = new EtcdSink(
                context,
                store,
                clock,
                new ItemReader(List.of(route), "pg"),
                p -> new PartitionSink(new ProgressKey(progressKey, me, store, bookkeeping, clock), shared));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty() && !sink.isCheckDue()) {
            return;
        }
        try {
            sink.put(records);
        } catch (Postponed e) {
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

    /** Whether a new epoch is still owed for records that were lost. */
    public boolean owesEpoch() {
        return progress(store.read("reading progress", List.of(progressKey)).get(0))
                .map(SinkProgress::lost)
                .orElse(false);
    }

    private Optional<SinkProgress> progress(KeyState found) {
        return found.isPresent() ? Optional.of(SinkProgress.parse("progress", found.value())) : Optional.empty();
    }

    /** Ablation: what a task that kept no progress beside its writes would find: only where the group is, and numbers before that. */
    public static byte[] forgotten(long next, String origin, long last) {
        return new SinkProgress(next, last == 0 ? Map.of() : Map.of(origin, last), null, false)
                .write()
                .toByteArray();
    }

    /** The offset behind the last record that a progress key speaks of. */
    public static long next(byte[] progress) {
        return SinkProgress.parse("progress", EtcdBytes.of(progress)).next();
    }

    @Override
    public void close() {
        sink.release(List.of(partition));
        sink.close();
    }
}
