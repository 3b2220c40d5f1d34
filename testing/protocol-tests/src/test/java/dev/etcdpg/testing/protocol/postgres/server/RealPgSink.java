package dev.etcdpg.testing.protocol.postgres.server;

import dev.etcdpg.pg.sink.PostgresSink;
import dev.etcdpg.pg.sink.PostgresSinkConfig;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The PostgreSQL sink without its Connect task, on a real PostgreSQL, with the clock of the history. */
public final class RealPgSink implements SinkRunner.Task {

    private final PostgresSink sink;

    RealPgSink(SinkTaskContext context, TestClock clock, TopicPartition partition, Map<String, String> settings) {
        sink = new PostgresSink(new PostgresSinkConfig(settings), "sink " + partition, context, clock, clock::nanoTime);
        sink.open(List.of(partition));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        sink.put(records);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> positions() {
        return sink.committed();
    }

    @Override
    public void close() {
        sink.close();
    }
}
