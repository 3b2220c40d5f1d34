package dev.etcdpg.core.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DroppedRecordsTest {

    private static final TopicPartition PARTITION = new TopicPartition("pg.etcd", 0);

    private final DroppedRecords dropped = new DroppedRecords();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream err = System.err;
    private long offset = 10;

    @BeforeEach
    void readLog() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void endLog() {
        System.setErr(err);
    }

    private String log() {
        String text = log.toString(StandardCharsets.UTF_8);
        log.reset();
        return text;
    }

    private void commit(int records) {
        offset += records;
        dropped.committing(Map.of(PARTITION, new OffsetAndMetadata(offset)));
    }

    @Test
    void aPartitionThatMovesWithoutRecordsIsReportedAgainAndAgain() {
        commit(0);
        for (int i = 0; i < 2; i++) {
            commit(1);
            commit(5);
            assertThat(log()).isEmpty();
            commit(1);
            assertThat(log()).contains("pg.etcd-0", "offset " + offset, "key.converter and value.converter");
        }
    }

    @Test
    void aQuietPartitionIsNot() {
        for (int i = 0; i < 10; i++) {
            commit(0);
        }
        assertThat(log()).isEmpty();
    }

    /** Some records may be dropped, for example by a filter. */
    @Test
    void aPartitionOfWhichARecordComesIsNot() {
        for (int i = 0; i < 10; i++) {
            dropped.received(List.of(new SinkRecord("pg.etcd", 0, null, "k", null, "v", offset)));
            commit(5);
            commit(5);
        }
        assertThat(log()).isEmpty();
    }

    @Test
    void theSeekOfATaskThatBeginsIsNot() {
        commit(0);
        commit(1_000);
        commit(-900);
        assertThat(log()).isEmpty();
    }
}
