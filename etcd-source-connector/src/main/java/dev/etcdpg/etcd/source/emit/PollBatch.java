package dev.etcdpg.etcd.source.emit;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of one {@code poll}. It holds whole revisions, so that no transaction ends within a revision. Not thread-safe. */
public final class PollBatch {

    private final int limit;
    private final List<SourceRecord> records = new ArrayList<>();
    private int weight;

    /** @param limit weight at which the batch is full */
    public PollBatch(int limit) {
        this.limit = limit;
    }

    /** @param weight weight of all records together */
    void add(List<SourceRecord> more, int weight) {
        records.addAll(more);
        this.weight += weight;
    }

    /** Returns whether no other revision should be added. */
    public boolean isFull() {
        return weight >= limit;
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    public List<SourceRecord> records() {
        return records;
    }
}
