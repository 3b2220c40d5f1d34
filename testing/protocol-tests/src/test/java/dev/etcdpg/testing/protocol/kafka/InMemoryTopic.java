package dev.etcdpg.testing.protocol.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/** A Kafka topic in memory. */
public final class InMemoryTopic {

    private final String name;
    private final List<List<SinkRecord>> partitions = new ArrayList<>();
    private final long[] end;

    public InMemoryTopic(String name, int partitions) {
        this.name = name;
        this.end = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            this.partitions.add(new ArrayList<>());
        }
    }

    public String name() {
        return name;
    }

    public int partitions() {
        return partitions.size();
    }

    /** Returns the offset of the next record. */
    public long end(int partition) {
        return end[partition];
    }

    public SinkRecord append(SourceRecord record) {
        int p = record.kafkaPartition();
        SinkRecord stored = new SinkRecord(
                name,
                p,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                end[p]++,
                0L,
                TimestampType.CREATE_TIME,
                record.headers());
        partitions.get(p).add(stored);
        return stored;
    }

    public List<SinkRecord> records(int partition) {
        return partitions.get(partition);
    }

    /** Returns at most {@code max} records from an offset on. */
    List<SinkRecord> fetch(int partition, long from, int max) {
        return partitions.get(partition).stream()
                .filter(record -> record.kafkaOffset() >= from)
                .limit(max)
                .toList();
    }

    SinkRecord at(int partition, long offset) {
        return partitions.get(partition).stream()
                .filter(record -> record.kafkaOffset() == offset)
                .findFirst()
                .orElse(null);
    }

    /** Removes the records from an offset on. The next record gets the next offset. */
    public void lose(int partition, long from) {
        partitions.get(partition).removeIf(record -> record.kafkaOffset() >= from);
    }

    /** Deletes and creates a partition. The next record gets offset 0. */
    public void createAnew(int partition) {
        partitions.get(partition).clear();
        end[partition] = 0;
    }
}
