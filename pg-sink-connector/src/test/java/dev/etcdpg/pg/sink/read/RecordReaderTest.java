package dev.etcdpg.pg.sink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import dev.etcdpg.pg.sink.resolve.Input;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

    private static final Revision AT = new Revision(1, 5);
    private static final EtcdRecord.Source SOURCE = new EtcdRecord.Source("/k/", "s", "c");

    private final PartitionState start = new PartitionState(
            new TopicPartition("etcd.etcd", 0),
            new Route("etcd", "/k/"),
            -1,
            Map.of(KeyRange.ALL, 10L),
            Map.of(),
            Map.of());
    private long offset = 100;

    private static RecordReader reader(LossPolicy policy) {
        return new RecordReader(
                policy, ForeignSourcePolicy.FAIL, ContradictionPolicy.SAME_CLUSTER, "ours", Clock.systemUTC());
    }

    private SinkRecord record(EtcdRecord record) {
        SchemaAndValue value = EtcdRecordCodec.encode(record, null, 0);
        return new SinkRecord("etcd.etcd", 0, null, record.key(), value.schema(), value.value(), offset++);
    }

    private SinkRecord put(long number, long previous, String key) {
        return record(new EtcdRecord.Event(
                new Chain(number, previous), key, new EtcdRecord.Row(key, "v", 5, 5, 1, 0), AT, 0));
    }

    private SinkRecord answer(long number, long previous, String key, String origin) {
        return record(new EtcdRecord.Answer(new Chain(number, previous), key, AT, origin, 1, Outcome.REFUSED, null));
    }

    private SinkRecord manifest(long number, long previous) {
        return record(new EtcdRecord.Manifest(new Chain(number, previous), KeyRange.ALL, AT, List.of(), 1));
    }

    private static Deque<SinkRecord> queue(SinkRecord... records) {
        return new ArrayDeque<>(Arrays.asList(records));
    }

    @Test
    void aManifestOfAnotherPartitionIsADeadLetter() {
        String there = IntStream.range(0, 100)
                .mapToObj(i -> "/k/" + i)
                .filter(key -> KeyPartitioner.partition(key, 4) == 1)
                .findFirst()
                .orElseThrow();
        SinkRecord copied = record(new EtcdRecord.Manifest(new Chain(11, 10), KeyRange.ALL, AT, List.of(there), 4));
        Segment segment = reader(LossPolicy.HEAL).take(start, queue(copied));
        assertThat(segment.rangeRecord()).isNull();
        assertThat(segment.deadLetters()).singleElement().satisfies(bad -> assertThat(bad.reason())
                .contains("partition"));
    }

    /** The number belongs to another chain. It would hide a loss in this chain. */
    @Test
    void aRecordOfAnotherPartitionDoesNotMoveTheChain() {
        SinkRecord copied = manifest(1000, 880);
        copied.headers().addString(EtcdRecordCodec.PARTITION_HEADER, "1");
        Deque<SinkRecord> queue = queue(copied, put(11, 10, "/k/a"), put(15, 14, "/k/b"));
        Segment before = reader(LossPolicy.HEAL).take(start, queue);
        assertThat(before.deadLetters()).hasSize(1);
        assertThat(before.gaps()).isEmpty();
        assertThat(before.work()).containsOnlyKeys("/k/a");
        assertThat(before.state().chain().last(KeyRange.ALL)).isEqualTo(11);
        assertThat(before.state().position()).isEqualTo(102);
        assertThat(reader(LossPolicy.HEAL).take(before.state(), queue).gaps()).containsEntry(KeyRange.ALL, 14L);
        // also with the policy that fails the task
        assertThat(reader(LossPolicy.FAIL).take(start, queue(copied)).deadLetters())
                .hasSize(1);
    }

    @Test
    void thePartitionHeaderMayComeFromAnyConverter() {
        for (Object zero : List.of("0", 0, 0L, "0".getBytes(StandardCharsets.UTF_8))) {
            SinkRecord here = manifest(11, 10);
            here.headers().add(EtcdRecordCodec.PARTITION_HEADER, zero, null);
            Segment segment = reader(LossPolicy.HEAL).take(start, queue(here));
            assertThat(segment.deadLetters()).isEmpty();
            assertThat(segment.rangeRecord()).isNotNull();
        }
        for (Object one : List.of("1", 1, "1".getBytes(StandardCharsets.UTF_8), "x".getBytes(StandardCharsets.UTF_8))) {
            SinkRecord there = manifest(11, 10);
            there.headers().add(EtcdRecordCodec.PARTITION_HEADER, one, null);
            assertThat(reader(LossPolicy.HEAL).take(start, queue(there)).deadLetters())
                    .hasSize(1);
        }
    }

    @Test
    void aSegmentEndsWithAManifest() {
        Deque<SinkRecord> queue = queue(
                put(11, 10, "/k/a"), put(12, 11, "/k/b"), put(13, 12, "/k/a"), manifest(14, 13), put(15, 14, "/k/a"));
        Segment segment = reader(LossPolicy.HEAL).take(start, queue);
        assertThat(segment.work()).containsOnlyKeys("/k/a", "/k/b");
        assertThat(segment.work().get("/k/a")).extracting(KeyInput::offset).containsExactly(100L, 102L);
        assertThat(segment.rangeRecord().content()).isInstanceOf(EtcdRecord.Manifest.class);
        assertThat(segment.state().position()).isEqualTo(104);
        assertThat(segment.state().chain().last(KeyRange.ALL)).isEqualTo(14);
        assertThat(queue).hasSize(1);
        assertThat(start.position()).isEqualTo(-1);
        assertThat(start.chain().last(KeyRange.ALL)).isEqualTo(10);
    }

    @Test
    void recordsBeforeAGapAreTakenFirst() {
        Deque<SinkRecord> queue = queue(put(11, 10, "/k/a"), put(15, 14, "/k/b"));
        Segment before = reader(LossPolicy.HEAL).take(start, queue);
        assertThat(before.work()).containsOnlyKeys("/k/a");
        assertThat(before.gaps()).isEmpty();
        assertThat(before.state().position()).isEqualTo(101);
        Segment after = reader(LossPolicy.HEAL).take(before.state(), queue);
        assertThat(after.work()).containsOnlyKeys("/k/b");
        assertThat(after.gaps()).containsEntry(KeyRange.ALL, 14L);
        assertThat(after.state().untrusted().hasUnrequested()).isTrue();
        assertThat(queue).isEmpty();
    }

    @Test
    void repeatedRecordsAreNoGap() {
        Segment segment =
                reader(LossPolicy.FAIL).take(start, queue(put(9, 8, "/k/a"), put(10, 9, "/k/a"), put(11, 10, "/k/a")));
        assertThat(segment.work().get("/k/a")).hasSize(3);
        assertThat(segment.state().chain().last(KeyRange.ALL)).isEqualTo(11);
    }

    @Test
    void eachRangeHasAChainOfItsOwn() {
        KeyRange upper = new KeyRange("/k/m", "");
        Deque<SinkRecord> queue = queue(
                put(11, 10, "/k/a"),
                record(new EtcdRecord.Heartbeat(new Chain(7, 0, upper, SOURCE), AT)),
                record(new EtcdRecord.Heartbeat(new Chain(9, 8, upper, SOURCE), AT)));
        Segment segment = reader(LossPolicy.HEAL).take(start, queue);
        Segment gap = reader(LossPolicy.HEAL).take(segment.state(), queue);
        assertThat(gap.gaps()).containsOnlyKeys(upper);
        assertThat(gap.state().untrusted().contains("/k/a")).isFalse();
        assertThat(gap.state().untrusted().contains("/k/z")).isTrue();
    }

    @Test
    void aLossDropsDeferredInputsAndEarlierAnswers() {
        PartitionState with = start.copy();
        with.deferred().add("/k/a", List.of(deferred(put(10, 9, "/k/a"))));
        Segment segment =
                reader(LossPolicy.HEAL).take(with, queue(answer(15, 14, "/k/b", "ours"), put(16, 15, "/k/a")));
        assertThat(segment.work()).containsOnlyKeys("/k/a");
        assertThat(segment.state().deferred().isEmpty()).isTrue();
        PartitionState healed = segment.state().copy();
        healed.untrusted().requested(KeyRange.ALL, 50);
        assertThat(healed.untrusted().trust(KeyRange.ALL, 49)).isEmpty();
        assertThat(healed.untrusted().trust(new KeyRange("/k/b", "/k/d"), 50)).containsExactly(KeyRange.ALL);
        assertThat(healed.untrusted().contains("/k/b")).isTrue();
        assertThat(healed.untrusted().contains("/k/c")).isFalse();
        assertThat(healed.untrusted().contains("/k/e")).isTrue();
        assertThat(healed.untrusted().trust(new KeyRange("", "/k/b"), 50)).containsExactly(new KeyRange("", "/k/b"));
        assertThat(healed.untrusted().trust(new KeyRange("", "/k/d"), 50)).isEmpty();
        assertThat(healed.untrusted().trust(KeyRange.ALL, 50)).containsExactly(new KeyRange("/k/d", ""));
        assertThat(reader(LossPolicy.HEAL)
                        .take(healed, queue(answer(17, 16, "/k/b", "ours")))
                        .work())
                .containsOnlyKeys("/k/b");
    }

    @Test
    void answersToOtherDatabasesAreIgnored() {
        assertThat(reader(LossPolicy.HEAL)
                        .take(start, queue(answer(11, 10, "/k/b", "theirs")))
                        .work())
                .isEmpty();
    }

    @Test
    void laterRecordsOfADeferredKeyAreDeferred() {
        PartitionState with = start.copy();
        with.deferred().add("/k/a", List.of(deferred(put(10, 9, "/k/a"))));
        Segment segment = reader(LossPolicy.HEAL).take(with, queue(put(11, 10, "/k/a"), put(12, 11, "/k/b")));
        assertThat(segment.work()).containsOnlyKeys("/k/b");
        assertThat(segment.state().deferred().size()).isEqualTo(2);
        assertThat(segment.state().firstUnapplied()).isEqualTo(100);
        assertThat(segment.state().position()).isEqualTo(103);
        Segment retry = Segment.retry(segment.state());
        assertThat(retry.work().get("/k/a")).extracting(KeyInput::offset).containsExactly(100L, 101L);
        assertThat(retry.state().firstUnapplied()).isEqualTo(103);
        assertThat(segment.state().deferred().isEmpty()).isFalse();
    }

    @Test
    void theLossPolicyDecidesAboutALoss() {
        assertThatThrownBy(() -> reader(LossPolicy.FAIL).take(start, queue(put(15, 14, "/k/a"))))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("loss.policy=heal");
        Segment ignored = reader(LossPolicy.IGNORE).take(start, queue(put(15, 14, "/k/a")));
        assertThat(ignored.work()).containsOnlyKeys("/k/a");
        assertThat(ignored.state().untrusted().all()).isEmpty();
    }

    /** A slow sender of one range does not get the revision of the sender of another range. */
    @Test
    void eachSenderReachesItsOwnRevision() {
        KeyRange lower = new KeyRange("", "/k/m");
        KeyRange upper = new KeyRange("/k/m", "");
        PartitionState state = reader(LossPolicy.HEAL)
                .take(start, queue(heartbeat(lower, 7), heartbeat(upper, 3), heartbeat(lower, 6)))
                .state();

        assertThat(state.reached(lower)).isEqualTo(new Revision(1, 7));
        assertThat(state.reached(upper)).isEqualTo(new Revision(1, 3));
        assertThat(state.reached(KeyRange.ALL)).isEqualTo(Revision.NONE);
        assertThat(state.applied()).isEqualTo(new Revision(1, 7));
    }

    @Test
    void aDeferredKeyHoldsItsSenderBack() {
        SinkRecord locked = put(11, 10, "/k/a");
        PartitionState state = reader(LossPolicy.HEAL)
                .take(start, queue(locked, record(new EtcdRecord.Heartbeat(new Chain(12, 11), new Revision(1, 9)))))
                .state();
        assertThat(state.reached(KeyRange.ALL)).isEqualTo(new Revision(1, 9));

        state.deferred().add("/k/a", List.of(deferred(locked)));

        assertThat(state.reached(KeyRange.ALL)).isEqualTo(AT);
    }

    private SinkRecord heartbeat(KeyRange range, long revision) {
        long number = offset * 2;
        return record(new EtcdRecord.Heartbeat(new Chain(number, 0, range, SOURCE), new Revision(1, revision)));
    }

    @Test
    void aRestartNoticesThatADeferredRecordWasLost() {
        SinkRecord locked = put(11, 10, "/k/a");
        Segment segment = reader(LossPolicy.HEAL).take(start, queue(locked, put(12, 11, "/k/b")));
        segment.state().deferred().add("/k/a", List.of(deferred(locked)));

        PartitionState restarted = new PartitionState(
                start.partition(),
                start.route(),
                segment.state().firstUnapplied(),
                segment.state().appliedChain(),
                Map.of(),
                Map.of());

        assertThat(restarted.position()).isEqualTo(locked.kafkaOffset());
        assertThat(reader(LossPolicy.HEAL).take(restarted, queue(locked)).gaps())
                .isEmpty();
        assertThat(reader(LossPolicy.HEAL)
                        .take(restarted, queue(put(13, 12, "/k/c")))
                        .gaps())
                .containsEntry(KeyRange.ALL, 12L);
    }

    private static KeyInput deferred(SinkRecord record) {
        return new KeyInput(
                "/k/a",
                Input.Observed.absent(AT, 0),
                EtcdRecordCodec.decode(record.value()).chain(),
                record);
    }
}
