package dev.etcdpg.pg.sink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What Connect tells a task, and what the task tells Connect. */
final class FakeContext implements SinkTaskContext {

    final Map<TopicPartition, Long> rewound = new HashMap<>();
    final Set<TopicPartition> paused = new HashSet<>();
    final List<SinkRecord> deadLetters = new ArrayList<>();
    boolean reporting = true;
    Future<Void> written = CompletableFuture.completedFuture(null);
    long timeout = -1;

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        rewound.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        rewound.put(partition, offset);
    }

    @Override
    public void timeout(long ms) {
        timeout = ms;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        paused.addAll(List.of(partitions));
    }

    @Override
    public void resume(TopicPartition... partitions) {
        List.of(partitions).forEach(paused::remove);
    }

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return !reporting
                ? null
                : (record, error) -> {
                    deadLetters.add(record);
                    return written;
                };
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return null;
    }
}
