package dev.etcdpg.etcd.source.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.junit.jupiter.api.Test;

class UnsealedRecordsTest {

    private final UnsealedRecords records = new UnsealedRecords(Map.of("route", "r"), Map.of("revision", 1L));

    private void add(String key) {
        records.add(new UnsealedRecords.Draft("t", 0, key, new SchemaAndValue(Schema.STRING_SCHEMA, "value"), null));
    }

    /** A task that restarts at an offset within a revision would skip the rest of the revision. */
    @Test
    void onlyTheLastRecordOfARevisionHasItsOffset() {
        PollBatch batch = new PollBatch(10);
        add("a");
        add("b");
        records.seal(Map.of("revision", 2L), batch);
        add("c");
        records.seal(Map.of("revision", 3L), batch);
        assertThat(batch.records().stream()
                        .map(record -> record.sourceOffset().get("revision"))
                        .toList())
                .isEqualTo(List.of(1L, 2L, 3L));
        assertThat(records.isEmpty()).isTrue();
    }

    @Test
    void aLargeValueCountsAsSeveralRecords() {
        PollBatch batch = new PollBatch(10);
        add("a");
        records.addWeight(8);
        records.seal(Map.of(), batch);
        assertThat(batch.isFull()).isFalse();
        add("b");
        records.seal(Map.of(), batch);
        assertThat(batch.isFull()).isTrue();
    }
}
