package dev.etcdpg.etcd.source.emit;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of one {@code poll}: whole revisions, so that a transaction never ends within one. */
public final class Batch {

    private final int size;
    private int weight;
    private final List<SourceRecord> records = new ArrayList<>();

    /** @param size weight after which nothing more should be begun */
    public Batch(int size) {
        this.size = size;
    }

    /** @param extra what it counts beyond one, for its bytes */
    public void add(SourceRecord record, int extra) {
        records.add(record);
        weight += 1 + extra;
    }

    public boolean isFull() {
        return weight >= size;
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    public List<SourceRecord> records() {
        return records;
    }
}
