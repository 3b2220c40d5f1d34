package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.core.sink.DeadLetterConfig;
import dev.etcdpg.core.sink.DeadLetters;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lifecycle and failures; the work is {@link EtcdSink}'s. */
public final class EtcdSinkTask extends SinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdSinkTask.class);

    /** How long dead letters may take; nothing is locked meanwhile. */
    private static final Duration LETTERS_WITHIN = Duration.ofMinutes(1);

    private final Clock clock;
    private EtcdSinkConfig config;
    private RetryPolicy retries;
    private EtcdSink sink;

    public EtcdSinkTask() {
        this(Clock.systemUTC());
    }

    EtcdSinkTask(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void start(Map<String, String> props) {
        config = new EtcdSinkConfig(props);
        config.log(LOG);
        retries = new RetryPolicy("etcd", RetryConfig.of(config), System::nanoTime);
        BookkeepingKeys keys = config.keys();
        ItemReader reader = new ItemReader(config.routes(), config.getString(EtcdSinkConfig.TOPIC_PREFIX));
        EtcdGateway store = EtcdGateway.open(config.etcd());
        Bookkeeping bookkeeping = new Bookkeeping(store, EtcdBytes.of(keys.epoch()), clock);
        PartitionSink.Shared shared = new PartitionSink.Shared(
                new BatchWriter(store, bookkeeping, new Steps(keys), new AnswerLease(store, clock)),
                config.cut(),
                new LossGuard(config.lossPolicy(), clock),
                new DeadLetters(context.errantRecordReporter(), DeadLetterConfig.of(config), LETTERS_WITHIN),
                clock);
        String me = UUID.randomUUID().toString();
        sink = new EtcdSink(context, store, clock, reader, partition -> {
            EtcdBytes key = EtcdBytes.of(keys.progress(partition.topic(), partition.partition()));
            return new PartitionSink(new ProgressKey(key, me, store, bookkeeping, clock), shared);
        });
        context.timeout(EtcdSink.CHECK_EVERY.toMillis());
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        // Set each time, for Connect forgets it: else an idle task would be called once per offset.flush.interval.ms.
        context.timeout(EtcdSink.CHECK_EVERY.toMillis());
        if (records.isEmpty() && !sink.isCheckDue()) {
            return;
        }
        if (retries.isOpen()) {
            throw again(retries.pause(), "etcd does not answer; the circuit is open", null);
        }
        try {
            sink.put(records);
            retries.succeeded();
        } catch (Postponed e) {
            retries.succeeded();
            LOG.warn("{}", e.getMessage());
            throw again(e.pause(), e.getMessage(), e);
        } catch (RetriableException e) {
            retries.succeeded(); // it is not etcd that made it wait
            throw e;
        } catch (EtcdFailure e) {
            throw failed(e);
        }
    }

    private ConnectException failed(EtcdFailure e) {
        return switch (e.kind()) {
            case TRANSIENT, NO_SPACE -> again(retries.failed(e), e.getMessage(), e);
            case DENIED ->
                new ConnectException(
                        "etcd user " + config.user()
                                + " may not write what the topic asks for: grant it readwrite on the routes and on "
                                + config.keys().prefix() + ", then restart the task.",
                        e);
            case UNAUTHENTICATED ->
                new ConnectException(
                        "etcd does not let user " + config.user() + " in: correct etcd.user and etcd.password.", e);
            default -> new ConnectException("etcd rejects a request for good: " + e.getMessage(), e);
        };
    }

    private ConnectException again(Duration pause, String message, Throwable cause) {
        context.timeout(Math.max(1, pause.toMillis()));
        return new RetriableException(message, cause);
    }

    /** Nothing but the offsets that stand in etcd, or beyond which only heartbeats were met. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        return sink.positions();
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        sink.release(partitions);
    }

    @Override
    public void stop() {
        if (sink != null) {
            sink.close();
        }
    }

    @Override
    public String version() {
        return Version.get();
    }
}
