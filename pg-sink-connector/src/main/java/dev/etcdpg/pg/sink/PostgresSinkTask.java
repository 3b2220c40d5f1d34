package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.Version;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.sink.DroppedRecords;
import dev.etcdpg.core.topic.SinkTopics;
import dev.etcdpg.pg.sink.metrics.PostgresSinkMetrics;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates Connect's lifecycle to {@link PostgresSink}. */
public final class PostgresSinkTask extends SinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSinkTask.class);

    private final DroppedRecords dropped = new DroppedRecords();
    private @Nullable PostgresSink sink;
    private @Nullable SinkTopics topics;

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> settings) {
        PostgresSinkConfig config = new PostgresSinkConfig(settings);
        config.log(LOG);
        String name = "etcd-pg-connect " + config.connectorName();
        topics = new SinkTopics(config, System::nanoTime);
        Clock clock = Clock.systemUTC();
        PostgresSinkMetrics metrics = new PostgresSinkMetrics(
                TaskMetrics.of(context, System::nanoTime),
                clock,
                config.routes().stream().map(Route::name).toList());
        sink = new PostgresSink(config, name, context, clock, System::nanoTime, metrics);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        started().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        dropped.received(records);
        if (topics != null) {
            topics.look(!context.assignment().isEmpty());
        }
        started().put(records);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> delivered) {
        dropped.committing(delivered);
        return started().committed();
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        started().close(partitions);
    }

    @Override
    public void stop() {
        if (sink != null) {
            sink.close();
        }
    }

    private PostgresSink started() {
        return Objects.requireNonNull(sink, "the task was not started");
    }
}
