package dev.etcdpg.pg.sink;

import dev.etcdpg.core.Version;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates Connect's lifecycle. */
public final class PostgresSinkTask extends SinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSinkTask.class);

    private PostgresSink sink;

    @Override
    public String version() {
        return Version.get();
    }

    @Override
    public void start(Map<String, String> settings) {
        String name = "etcd-pg " + settings.getOrDefault("name", "sink");
        PostgresSinkConfig config = new PostgresSinkConfig(settings);
        config.log(LOG);
        sink = new PostgresSink(config, name, context, Clock.systemUTC());
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        sink.open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        sink.put(records);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> delivered) {
        return sink.committed();
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        sink.close(partitions);
    }

    @Override
    public void stop() {
        if (sink != null) {
            sink.close();
        }
    }
}
