package dev.etcdpg.etcd.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** The records of one {@code poll}: whole revisions, so that a transaction never ends within one. */
final class Batch {

    private final int size;
    private final List<SourceRecord> records = new ArrayList<>();

    /** @param size records after which nothing more should be begun */
    Batch(int size) {
        this.size = size;
    }

    void add(SourceRecord record) {
        records.add(record);
    }

    boolean isFull() {
        return records.size() >= size;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    List<SourceRecord> records() {
        return records;
    }
}
