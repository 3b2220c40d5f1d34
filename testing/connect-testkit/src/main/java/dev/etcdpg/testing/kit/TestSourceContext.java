package dev.etcdpg.testing.kit;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** The context of a source task, with exactly-once support, over offsets that the test stores. */
public final class TestSourceContext implements SourceTaskContext {

    private final TestPluginMetrics metrics = new TestPluginMetrics();
    private final Map<String, String> configs;
    private final Map<Map<String, ?>, Map<String, Object>> offsets;
    private int commits;

    /** @param offsets the stored offsets by partition; several tasks can share the map */
    public TestSourceContext(Map<String, String> configs, Map<Map<String, ?>, Map<String, Object>> offsets) {
        this.configs = configs;
        this.offsets = offsets;
    }

    /** Stores the record's offset, as the worker does when the record's transaction has committed. */
    public static void store(Map<Map<String, ?>, Map<String, Object>> offsets, SourceRecord record) {
        offsets.put(record.sourcePartition(), new HashMap<>(record.sourceOffset()));
    }

    /** How often the task ended a transaction with {@link TransactionContext#commitTransaction()}. */
    public int commits() {
        return commits;
    }

    @Override
    public Map<String, String> configs() {
        return configs;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return new OffsetStorageReader() {
            @Override
            public <T> Map<String, Object> offset(Map<String, T> partition) {
                return offsets.get(partition);
            }

            @Override
            public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
                partitions.forEach(partition -> found.put(partition, offset(partition)));
                return found;
            }
        };
    }

    @Override
    public TransactionContext transactionContext() {
        return new CountingTransactions();
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }

    /** Returns the metrics that the task shows. */
    public TestPluginMetrics metrics() {
        return metrics;
    }

    private final class CountingTransactions implements TransactionContext {

        @Override
        public void commitTransaction() {
            commits++;
        }

        @Override
        public void commitTransaction(SourceRecord record) {
            throw new UnsupportedOperationException("a transaction ends with a batch");
        }

        @Override
        public void abortTransaction() {
            throw new UnsupportedOperationException("no task aborts a transaction");
        }

        @Override
        public void abortTransaction(SourceRecord record) {
            throw new UnsupportedOperationException("no task aborts a transaction");
        }
    }
}
