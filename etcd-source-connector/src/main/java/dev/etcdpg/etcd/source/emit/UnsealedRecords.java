package dev.etcdpg.etcd.source.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records that wait for their offset. Only the last of them carries the new offset, so that no offset points into the middle of a revision.
 * Not thread-safe.
 */
final class UnsealedRecords {

    /** A record without its offset. */
    record Draft(
            String topic,
            @Nullable Integer partition,
            @Nullable String key,
            SchemaAndValue value,
            @Nullable Headers headers) {}

    private final Map<String, String> sourcePartition;
    private final List<Draft> drafts = new ArrayList<>();
    private Map<String, Object> offset;
    private int extraWeight;

    /** @param offset the offset that is stored */
    UnsealedRecords(Map<String, String> sourcePartition, Map<String, Object> offset) {
        this.sourcePartition = sourcePartition;
        this.offset = offset;
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    void add(Draft draft) {
        drafts.add(draft);
    }

    /** Adds to the weight of the records, which is 1 each. */
    void addWeight(int extra) {
        extraWeight += extra;
    }

    /** Moves the records into the batch. The last one gets the offset {@code next}, and the others keep the offset before it. */
    void seal(Map<String, Object> next, PollBatch batch) {
        move(next, batch);
        offset = next;
    }

    /** Moves the records into the batch. All of them keep the offset before them. */
    void sealPart(PollBatch batch) {
        move(offset, batch);
    }

    private void move(Map<String, Object> next, PollBatch batch) {
        List<SourceRecord> records = new ArrayList<>(drafts.size());
        for (Draft draft : drafts) {
            records.add(record(draft, records.size() == drafts.size() - 1 ? next : offset));
        }
        batch.add(records, records.size() + extraWeight);
        drafts.clear();
        extraWeight = 0;
    }

    private SourceRecord record(Draft draft, Map<String, Object> after) {
        return new SourceRecord(
                sourcePartition,
                after,
                draft.topic(),
                draft.partition(),
                Schema.OPTIONAL_STRING_SCHEMA,
                draft.key(),
                draft.value().schema(),
                draft.value().value(),
                null,
                draft.headers());
    }
}
