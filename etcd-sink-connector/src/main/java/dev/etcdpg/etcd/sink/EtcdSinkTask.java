package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Version;
import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.core.sink.DroppedRecords;
import dev.etcdpg.core.topic.SinkTopics;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.sink.metrics.EtcdSinkMetrics;
import dev.etcdpg.etcd.sink.progress.PostponedException;
import dev.etcdpg.etcd.sink.progress.ProgressSchedule;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles the lifecycle of the sink and its failures. {@link EtcdSink} does the work. */
public final class EtcdSinkTask extends SinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdSinkTask.class);

    /** The objects of a task between start and stop. */
    private record Running(EtcdSinkConfig config, RetryPolicy policy, EtcdSink sink, SinkTopics topics) {}

    private final Clock clock;
    private final LongSupplier nanoTime;
    private final DroppedRecords dropped = new DroppedRecords();
    /** The running task; null before the start. */
    private @Nullable Running started;

    public EtcdSinkTask() {
        this(Clock.systemUTC(), System::nanoTime);
    }

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    EtcdSinkTask(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public void start(Map<String, String> props) {
        EtcdSinkConfig config = new EtcdSinkConfig(props);
        config.log(LOG);
        String task = UUID.randomUUID().toString();
        EtcdGateway etcd = EtcdGateway.open(config.etcd());
        EtcdSinkMetrics metrics = new EtcdSinkMetrics(
                TaskMetrics.of(context, nanoTime), clock, config.getString(TopicConfig.PREFIX), config.routes());
        started = new Running(
                config,
                new RetryPolicy("etcd", RetryConfig.of(config), System::nanoTime, metrics.retries()),
                new EtcdSink(config, context, etcd, task, clock, nanoTime, metrics),
                new SinkTopics(config, nanoTime));
        context.timeout(ProgressSchedule.CHECK_INTERVAL.toMillis());
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        dropped.received(records);
        // Connect forgets the timeout after each call, and would call an idle task once per offset.flush.interval.ms
        context.timeout(ProgressSchedule.CHECK_INTERVAL.toMillis());
        running().topics().look(!context.assignment().isEmpty());
        EtcdSink sink = running().sink();
        RetryPolicy policy = running().policy();
        if (records.isEmpty() && !sink.isCheckDue()) {
            return;
        }
        if (policy.isOpen()) {
            throw again(policy.pause(), "etcd is not asked before the pause is over; the circuit is open", null);
        }
        try {
            sink.put(records);
            policy.succeeded();
        } catch (PostponedException e) {
            policy.succeeded();
            LOG.warn("{}", e.getMessage());
            throw again(e.pause(), String.valueOf(e.getMessage()), e);
        } catch (RetriableException e) {
            // etcd works: the dead letter topic is the reason
            policy.succeeded();
            throw e;
        } catch (EtcdFailure e) {
            throw failed(e);
        }
    }

    private ConnectException failed(EtcdFailure e) {
        EtcdSinkConfig config = running().config();
        return switch (e.kind()) {
            case TRANSIENT, NOT_NOW, NO_SPACE, RESPONSE_TOO_LARGE ->
                again(running().policy().failed(e), String.valueOf(e.getMessage()), e);
            case DENIED ->
                new ConnectException(
                        "The etcd user " + config.user()
                                + " lacks a permission: grant its role readwrite on the prefixes of the routes and on "
                                + config.keys().prefix() + ", then restart the task. The request was: "
                                + e.getMessage(),
                        e);
            case UNAUTHENTICATED -> new ConnectException(config.etcd().adviceOnUser(e) + " Then restart the task.", e);
            case COMPACTED, FUTURE, REQUEST_TOO_LARGE, TOO_MANY_OPERATIONS, NO_LEASE, REJECTED ->
                new ConnectException("etcd rejects a request, and would reject it again: " + e.getMessage(), e);
        };
    }

    private RetriableException again(Duration pause, String message, @Nullable Throwable cause) {
        context.timeout(Math.max(1, pause.toMillis()));
        return new RetriableException(message, cause);
    }

    private Running running() {
        if (started == null) {
            throw new IllegalStateException("the task is not started");
        }
        return started;
    }

    /**
     * Returns the position in each partition. A position can be ahead of the offset in etcd only by records that need no transaction, such as
     * heartbeats.
     */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        dropped.committing(currentOffsets);
        return running().sink().positions();
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        running().sink().release(partitions);
    }

    @Override
    public void stop() {
        if (started != null) {
            started.sink().close();
        }
    }

    @Override
    public String version() {
        return Version.get();
    }
}
