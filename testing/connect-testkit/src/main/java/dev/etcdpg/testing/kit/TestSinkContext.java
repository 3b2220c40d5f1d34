package dev.etcdpg.testing.kit;

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

/** The context of a sink task. It records the task's requests. Not thread-safe, as the worker's own context. */
public final class TestSinkContext implements SinkTaskContext {

    private final TestPluginMetrics metrics = new TestPluginMetrics();
    private final Map<String, String> configs;
    private final Set<TopicPartition> assignment = new HashSet<>();
    private final Map<TopicPartition, Long> seeks = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final List<SinkRecord> deadLetters;
    private Future<Void> reportResult = CompletableFuture.completedFuture(null);
    private boolean reporterConfigured = true;
    private long timeoutMs = -1;

    public TestSinkContext(Map<String, String> configs) {
        this(configs, new ArrayList<>());
    }

    /** @param deadLetters receives the reported records; it can outlive the context */
    public TestSinkContext(Map<String, String> configs, List<SinkRecord> deadLetters) {
        this.configs = configs;
        this.deadLetters = deadLetters;
    }

    // What the test tells the task

    public void assign(Set<TopicPartition> partitions) {
        assignment.clear();
        assignment.addAll(partitions);
    }

    /** Connect has no reporter: the connector's configuration names no dead letter topic. */
    public void removeReporter() {
        reporterConfigured = false;
    }

    /** Sets the future that {@link ErrantRecordReporter#report} returns. The default is completed. */
    public void reportResult(Future<Void> result) {
        reportResult = result;
    }

    // What the task told Connect

    /** Offsets the task asked for and {@link #takeSeeks} has not taken. */
    public Map<TopicPartition, Long> seeks() {
        return Map.copyOf(seeks);
    }

    /** Returns the offsets the task asked for, and forgets them, as the worker does before its next poll. */
    public Map<TopicPartition, Long> takeSeeks() {
        Map<TopicPartition, Long> taken = Map.copyOf(seeks);
        seeks.clear();
        return taken;
    }

    public Set<TopicPartition> paused() {
        return Set.copyOf(paused);
    }

    /** The reported records, in order. */
    public List<SinkRecord> deadLetters() {
        return deadLetters;
    }

    /** The last timeout the task set, in milliseconds; -1 without one. */
    public long timeoutMs() {
        return timeoutMs;
    }

    @Override
    public Map<String, String> configs() {
        return configs;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        seeks.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        seeks.put(partition, offset);
    }

    @Override
    public void timeout(long ms) {
        timeoutMs = ms;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.copyOf(assignment);
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
        return reporterConfigured ? this::report : null;
    }

    private Future<Void> report(SinkRecord record, Throwable error) {
        deadLetters.add(record);
        return reportResult;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }

    /** Returns the metrics that the task shows. */
    public TestPluginMetrics metrics() {
        return metrics;
    }
}
