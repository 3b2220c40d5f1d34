package dev.etcdpg.pg.sink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class PostgresSinkMetricsTest {

    private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");
    private static final TopicPartition PARTITION = new TopicPartition("etcd.r", 0);

    private final TestPluginMetrics shown = new TestPluginMetrics();
    private long nanos = 1;
    private final PostgresSinkMetrics metrics =
            new PostgresSinkMetrics(TaskMetrics.of(shown, () -> nanos), Clock.fixed(NOW, ZoneOffset.UTC), List.of("r"));

    private static PartitionState state(Map<KeyRange, UntrustedRange> untrusted) {
        return new PartitionState(PARTITION, new Route("r", "/r/"), 0, Map.of(), untrusted, Map.of());
    }

    private static Verdict verdict(KeySyncState after, int skipped, Effect... effects) {
        return new Verdict(KeySyncState.NEVER, after, List.of(effects), true, null, skipped);
    }

    private static KeySyncState held() {
        Flight flight = new Flight(
                Flight.Status.HELD, 9, Content.of("secret"), 0, 0, null, new Revision(7, 3), "etcd refuses it");
        return new KeySyncState(
                KeySyncState.NEVER.mirror(), new Revision(7, 5), 0, flight, 9, Content.of("secret"), true, false);
    }

    private static String logOf(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsDecidedAboutKeysIsCountedAndLogged() {
        Input.Observed put = new Input.Observed(new Revision(7, 4), Content.of("sécret"), "sécret", 4, 1, 0, 0);
        Map<String, Verdict> verdicts = Map.of(
                "/r/a", verdict(KeySyncState.NEVER, 1, new Effect.Applied(put, 0)),
                "/r/b",
                        verdict(
                                KeySyncState.NEVER,
                                0,
                                new Effect.Applied(Input.Observed.absent(new Revision(7, 6), 0), 0)),
                "/r/c",
                        verdict(
                                KeySyncState.NEVER,
                                2,
                                new Effect.Lost(
                                        5, 5, 11, new Revision(7, 1), new Revision(7, 1), new Revision(7, 2), "late")),
                "/r/d", verdict(held(), 0),
                "/r/e",
                        verdict(
                                KeySyncState.NEVER,
                                0,
                                new Effect.AppliedLate(new Revision(7, 8), Content.of("secret")),
                                new Effect.NewEpoch(7, "the mirror is at 7.9")));
        long begun = metrics.begin();
        nanos += 3_000_000;

        String log = logOf(
                () -> metrics.committed(begun, List.of(), List.of(new KeyResults("r", verdicts, List.of(20.0, 40.0)))));

        assertThat(shown.value("events-total", "r", "put")).isEqualTo(1);
        assertThat(shown.value("event-bytes-total", "r", "put")).isEqualTo("/r/a".length() + 7);
        assertThat(shown.value("events-total", "r", "delete")).isEqualTo(1);
        assertThat(shown.value("conflicts-total", "r")).isEqualTo(1);
        assertThat(shown.value("holds-total", "r")).isEqualTo(1);
        assertThat(shown.value("stale-records-total", "r")).isEqualTo(3);
        assertThat(shown.value("confirmed-changes-total", "r")).isEqualTo(2);
        assertThat(shown.value("new-epoch-requests-total", "r")).isEqualTo(1);
        assertThat(shown.value("confirmation-time-ms-max")).isEqualTo(40);
        assertThat(shown.value("apply-time-ms-max")).isEqualTo(3);
        assertThat(log)
                .contains("event=conflict route=r key=/r/c change=5 base=7.1 won=7.2 cause=late")
                .contains("event=held route=r key=/r/d change=9 base=7.3 mirror=7.5 cause=\"etcd refuses it\"")
                .contains("event=applied-late route=r key=/r/e revision=7.8")
                .contains("event=new-epoch-request route=r key=/r/e epoch=7 cause=\"the mirror is at 7.9\"")
                .contains("event=applied route=r key=/r/a revision=7.4 operation=put confirms=0")
                .contains("event=applied route=r key=/r/b revision=7.6 operation=delete confirms=0")
                .doesNotContain("cret");
    }

    @Test
    void theLagIsThatOfTheRecords() {
        SinkRecord record = new SinkRecord(
                "etcd.r", 0, null, "k", null, null, 5, NOW.toEpochMilli() - 250, TimestampType.CREATE_TIME);
        metrics.delivered(List.of(record), List.of(state(Map.of())));

        assertThat(shown.value("record-lag-ms-max")).isEqualTo(250);
        assertThat(shown.value("records-total", "r")).isEqualTo(1);
        assertThat(shown.value("batch-size-max")).isEqualTo(1);
        nanos += Duration.ofMinutes(2).toNanos();
        assertThat(shown.value("record-lag-ms-max")).isNaN();
    }

    @Test
    void whatWaitsIsShown() {
        assertThat(shown.value("paused-partitions", "r")).isZero();
        assertThat(shown.value("applied-revision", "r")).isNaN();

        UntrustedRange lost = new UntrustedRange(1, 7, NOW.toEpochMilli() - 5_000, false);
        metrics.reached(List.of(state(Map.of(KeyRange.ALL, lost))), Set.of(PARTITION));
        metrics.unanswered(
                List.of("r"),
                List.of(
                        new PostgresSinkMetrics.Unanswered("r", Duration.ofSeconds(70)),
                        new PostgresSinkMetrics.Unanswered("r", Duration.ofSeconds(9)),
                        new PostgresSinkMetrics.Unanswered("other", Duration.ofSeconds(99))));
        assertThat(shown.value("paused-partitions", "r")).isEqualTo(1);
        assertThat(shown.value("untrusted-ranges", "r")).isEqualTo(1);
        assertThat(shown.value("oldest-untrusted-range-ms", "r")).isEqualTo(5_000);
        assertThat(shown.value("unanswered-requests", "r")).isEqualTo(2);
        assertThat(shown.value("oldest-unanswered-request-ms", "r")).isEqualTo(70_000);

        metrics.reached(List.of(state(Map.of())), Set.of());
        metrics.unanswered(List.of("r"), List.of());
        assertThat(shown.value("paused-partitions", "r")).isZero();
        assertThat(shown.value("untrusted-ranges", "r")).isZero();
        assertThat(shown.value("oldest-unanswered-request-ms", "r")).isZero();
    }

    @Test
    void aDeadLetterIsLoggedWithoutItsReason() {
        SinkRecord record = new SinkRecord("etcd.r", 3, null, "k", null, "secret", 5);
        String log = logOf(() -> metrics.deadLetter(
                "r",
                new DeadLetter(
                        record, "/r/a", new Revision(7, 4), "PostgreSQL refuses the row", "value secret is bad")));

        assertThat(shown.value("dead-letters-total", "r")).isEqualTo(1);
        assertThat(log)
                .contains("event=dead-letter route=r key=/r/a revision=7.4 topic=etcd.r partition=3 offset=5"
                        + " cause=\"PostgreSQL refuses the row\"")
                .doesNotContain("secret");
    }
}
