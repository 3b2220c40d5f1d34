package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.kit.TestClock;
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

    private static final Sender DATABASE = new Sender("db", "1/16384/1");
    private static final Route APP = new Route("app", "/app/");
    private static final Route OTHER = new Route("other", "/other/");
    private static final SendTopics TOPICS = new SendTopics("pg", 3, "pg.conflicts");

    /** A new task that starts at the offset of a record produces the same records as the old task would have produced. */
    @Property(tries = 300)
    void aTaskGoesOnFromAnyOffsetAsIfItHadNotStopped(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 40) Integer> what,
            @ForAll @IntRange(max = 29) int stop) {
        List<Send> sends = new ArrayList<>();
        for (int i = 0; i < what.size(); i++) {
            sends.add(send(1000 + 3L * i, what.get(i)));
        }
        List<SourceRecord> all = records(new SendRecords(DATABASE, TOPICS, SendOffset.NONE), sends);
        int at = Math.min(stop, sends.size() - 1);
        SendOffset stored = SendOffset.of(all.get(at).sourceOffset());
        assertThat(stored.number()).isEqualTo(sends.get(at).number());
        assertThat(stored.partitions()).isEqualTo(3);

        List<SourceRecord> rest =
                records(new SendRecords(DATABASE, TOPICS, stored), sends.subList(at + 1, sends.size()));

        assertThat(rest).isEqualTo(all.subList(at + 1, all.size()));
    }

    @Test
    void aHeartbeatMovesNothing() {
        SendRecords records = new SendRecords(DATABASE, TOPICS, SendOffset.NONE);
        SourceRecord change = records.record(send(7, 1));
        SourceRecord heartbeat = records.heartbeat(OTHER, change.kafkaPartition());
        assertThat(PgRecordCodec.decode(heartbeat.value()).chain().previous()).isEqualTo(7);
        assertThat(PgRecordCodec.prefix(heartbeat.value())).isEqualTo("/other/");
        assertThat(PgRecordCodec.prefix(change.value())).isEqualTo("/other/");
        assertThat(heartbeat.sourceOffset()).isEqualTo(change.sourceOffset());
        assertThat(records.number()).isEqualTo(7);
    }

    @Test
    void noNumberIsProducedTwice() {
        SendRecords records = new SendRecords(DATABASE, TOPICS, new SendOffset(7, 3, Map.of()));
        assertThatThrownBy(() -> records.record(send(7, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aPartitionIsQuietForAnIntervalBeforeItsHeartbeat() {
        TestClock clock = TestClock.stopped();
        HeartbeatSchedule heartbeats = new HeartbeatSchedule(Duration.ofSeconds(5), clock::nanoTime);
        assertThat(heartbeats.claim("t", 0)).isFalse();
        clock.advance(Duration.ofSeconds(4));
        assertThat(heartbeats.claim("t", 0)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(heartbeats.claim("t", 0)).isTrue();
        assertThat(heartbeats.claim("t", 0)).isFalse();
        clock.advance(Duration.ofSeconds(4));
        heartbeats.sent("t", 0);
        clock.advance(Duration.ofSeconds(1));
        assertThat(heartbeats.claim("t", 0)).isFalse();
        assertThat(heartbeats.claim("t", 1)).isFalse();
    }

    @Test
    void noTextShowsAValue() {
        for (int what = 0; what < 10; what++) {
            assertThat(send(7, what).toString()).contains("7").doesNotContain("secret");
        }
    }

    private static List<SourceRecord> records(SendRecords records, List<Send> sends) {
        return sends.stream().map(records::record).toList();
    }

    /**
     * Returns a send.
     *
     * @param what a number that chooses the kind, the route and the key
     */
    private static Send send(long number, int what) {
        Route route = what % 2 == 0 ? APP : OTHER;
        String key = route.prefix() + what;
        Revision base = new Revision(10, 3);
        return switch (what % 5) {
            case 0 -> new Send.SnapshotRequest(number, route, KeyRange.ALL, 9);
            case 1 -> new Send.Change(number, route, key, "secret", base, 0, "me");
            case 2 -> new Send.Probe(number, route, key, 500);
            case 3 ->
                new Send.Conflict(
                        number,
                        route.name(),
                        key,
                        "secret",
                        "me",
                        Instant.EPOCH,
                        4,
                        null,
                        base,
                        new Revision(10, 5),
                        "why",
                        false);
            default -> new Send.NewEpochRequest(number, route, 9, "why");
        };
    }
}
