package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.record.PgRecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class SendRecordsTest {

    private static final Topics TOPICS = new Topics("pg", 3, "pg.conflicts");

    /** A record's offset is all that a new task needs to go on exactly as the old one would have. */
    @Property(tries = 300)
    void aTaskGoesOnFromAnyOffsetAsIfItHadNotStopped(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 40) Integer> what,
            @ForAll @IntRange(max = 29) int stop) {
        List<Send> sends = new ArrayList<>();
        for (int i = 0; i < what.size(); i++) {
            sends.add(send(1000 + 3L * i, what.get(i)));
        }
        List<SourceRecord> all = records(new SendRecords("db", TOPICS, SourceOffset.NONE), sends);
        int at = Math.min(stop, sends.size() - 1);
        SourceOffset stored = SourceOffset.of(all.get(at).sourceOffset());
        assertThat(stored.number()).isEqualTo(sends.get(at).number());
        assertThat(stored.partitions()).isEqualTo(3);

        List<SourceRecord> rest = records(new SendRecords("db", TOPICS, stored), sends.subList(at + 1, sends.size()));

        assertThat(rest).isEqualTo(all.subList(at + 1, all.size()));
    }

    @Test
    void aHeartbeatMovesNothing() {
        SendRecords records = new SendRecords("db", TOPICS, SourceOffset.NONE);
        SourceRecord change = records.record(send(7, 1));
        SourceRecord heartbeat = records.heartbeat("other", change.kafkaPartition());
        assertThat(PgRecordCodec.decode(heartbeat.value()).chain().previous()).isEqualTo(7);
        assertThat(heartbeat.sourceOffset()).isEqualTo(change.sourceOffset());
        assertThat(records.number()).isEqualTo(7);
    }

    @Test
    void noNumberIsProducedTwice() {
        SendRecords records = new SendRecords("db", TOPICS, new SourceOffset(7, 3, Map.of()));
        assertThatThrownBy(() -> records.record(send(7, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("value");
    }

    @Test
    void aPartitionIsQuietForAnIntervalBeforeItsHeartbeat() {
        Heartbeats heartbeats = new Heartbeats(Duration.ofSeconds(5));
        Instant start = Instant.EPOCH;
        assertThat(heartbeats.isDue("t", 0, start)).isFalse();
        assertThat(heartbeats.isDue("t", 0, start.plusSeconds(4))).isFalse();
        assertThat(heartbeats.isDue("t", 0, start.plusSeconds(5))).isTrue();
        heartbeats.sent("t", 0, start.plusSeconds(5));
        assertThat(heartbeats.isDue("t", 0, start.plusSeconds(6))).isFalse();
        assertThat(heartbeats.isDue("t", 1, start.plusSeconds(6))).isFalse();
    }

    private static List<SourceRecord> records(SendRecords records, List<Send> sends) {
        return sends.stream().map(records::record).toList();
    }

    /** @param what chooses kind, route and key */
    private static Send send(long number, int what) {
        String route = what % 2 == 0 ? "app" : "other";
        String key = "/" + route + "/" + what;
        return switch (what % 5) {
            case 0 -> send(number, "request", route, null, 9L);
            case 1 -> send(number, "change", route, key, null);
            case 2 -> send(number, "probe", route, key, 500L);
            case 3 -> send(number, "conflict", route, key, null);
            default -> send(number, "new_epoch", route, null, 9L);
        };
    }

    private static Send send(long number, String kind, String route, String key, Long of) {
        return new Send(
                number,
                kind,
                route,
                key,
                "put",
                "value",
                10,
                3,
                0,
                "me",
                of,
                "",
                "",
                "why",
                4L,
                Instant.EPOCH,
                10,
                5,
                false);
    }
}
