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

    private final PartitionState lane = new PartitionState(
            new TopicPartition("etcd.etcd", 0), new Route("etcd", "/k/"), -1, Map.of(KeyRange.ALL, 10L), Map.of());
    private long offset = 100;

    private static RecordReader intake(LossPolicy policy) {
        return new RecordReader(policy, "ours", Clock.systemUTC());
    }

    private SinkRecord record(EtcdRecord record) {
        SchemaAndValue value = EtcdRecordCodec.encode(record, null, 0);
        return new SinkRecord(
                "etcd.etcd", 0, null, EtcdRecordCodec.key(record), value.schema(), value.value(), offset++);
    }

    private SinkRecord put(long number, long previous, String key) {
        return record(new EtcdRecord.Event(
                new Chain(number, previous),
                key,
                new EtcdRecord.Row(key, "v", 5, 5, 1, 0),
                AT,
                0,
                new EtcdRecord.Source("", "")));
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
    void aManifestOfAnotherPartitionSaysNothingOfThisOne() {
        String there = IntStream.range(0, 100)
                .mapToObj(i -> "/k/" + i)
                .filter(key -> KeyPartitioner.partition(key, 4) == 1)
                .findFirst()
                .orElseThrow();
        SinkRecord copied = record(new EtcdRecord.Manifest(new Chain(11, 10), KeyRange.ALL, AT, List.of(there), 4));
        Segment segment = intake(LossPolicy.HEAL).take(lane, queue(copied));
        assertThat(segment.control()).isNull();
        assertThat(segment.bad()).singleElement().satisfies(bad -> assertThat(bad.reason())
                .contains("partition"));
    }

    /** Its number is one of another chain, and would hide that records of this one are lost. */
    @Test
    void aRecordOfAnotherPartitionIsNoPartOfTheChain() {
        SinkRecord copied = manifest(1000, 880);
        copied.headers().addString(EtcdRecordCodec.PARTITION_HEADER, "1");
        Deque<SinkRecord> queue = queue(copied, put(11, 10, "/k/a"), put(15, 14, "/k/b"));
        Segment before = intake(LossPolicy.HEAL).take(lane, queue);
        assertThat(before.bad()).hasSize(1);
        assertThat(before.lost()).isEmpty();
        assertThat(before.work()).containsOnlyKeys("/k/a");
        assertThat(before.lane().seen(KeyRange.ALL)).isEqualTo(11);
        assertThat(before.lane().position()).isEqualTo(102);
        assertThat(intake(LossPolicy.HEAL).take(before.lane(), queue).lost()).containsEntry(KeyRange.ALL, 14L);
        // not even with a policy that would fail
        assertThat(intake(LossPolicy.FAIL).take(lane, queue(copied)).bad()).hasSize(1);
    }

    @Test
    void theHeaderThatNamesThePartitionMayBeOfAnyConverter() {
        for (Object zero : List.of("0", 0, 0L, "0".getBytes(StandardCharsets.UTF_8))) {
            SinkRecord here = manifest(11, 10);
            here.headers().add(EtcdRecordCodec.PARTITION_HEADER, zero, null);
            Segment segment = intake(LossPolicy.HEAL).take(lane, queue(here));
            assertThat(segment.bad()).isEmpty();
            assertThat(segment.control()).isNotNull();
        }
        for (Object one : List.of("1", 1, "1".getBytes(StandardCharsets.UTF_8), "x".getBytes(StandardCharsets.UTF_8))) {
            SinkRecord there = manifest(11, 10);
            there.headers().add(EtcdRecordCodec.PARTITION_HEADER, one, null);
            assertThat(intake(LossPolicy.HEAL).take(lane, queue(there)).bad()).hasSize(1);
        }
    }

    @Test
    void aSegmentEndsWithAManifest() {
        Deque<SinkRecord> queue = queue(
                put(11, 10, "/k/a"), put(12, 11, "/k/b"), put(13, 12, "/k/a"), manifest(14, 13), put(15, 14, "/k/a"));
        Segment segment = intake(LossPolicy.HEAL).take(lane, queue);
        assertThat(segment.work()).containsOnlyKeys("/k/a", "/k/b");
        assertThat(segment.work().get("/k/a")).extracting(KeyInput::offset).containsExactly(100L, 102L);
        assertThat(segment.control()).isInstanceOf(EtcdRecord.Manifest.class);
        assertThat(segment.lane().position()).isEqualTo(104);
        assertThat(segment.lane().seen(KeyRange.ALL)).isEqualTo(14);
        assertThat(queue).hasSize(1);
        assertThat(lane.position()).isEqualTo(-1);
        assertThat(lane.seen(KeyRange.ALL)).isEqualTo(10);
    }

    @Test
    void whatCameBeforeAGapIsTakenFirst() {
        Deque<SinkRecord> queue = queue(put(11, 10, "/k/a"), put(15, 14, "/k/b"));
        Segment before = intake(LossPolicy.HEAL).take(lane, queue);
        assertThat(before.work()).containsOnlyKeys("/k/a");
        assertThat(before.lost()).isEmpty();
        assertThat(before.lane().position()).isEqualTo(101);
        Segment after = intake(LossPolicy.HEAL).take(before.lane(), queue);
        assertThat(after.work()).containsOnlyKeys("/k/b");
        assertThat(after.lost()).containsEntry(KeyRange.ALL, 14L);
        assertThat(after.lane().blind().get(KeyRange.ALL).isUnasked()).isTrue();
        assertThat(queue).isEmpty();
    }

    @Test
    void recordsThatComeAgainAreNoGap() {
        Segment segment =
                intake(LossPolicy.FAIL).take(lane, queue(put(9, 8, "/k/a"), put(10, 9, "/k/a"), put(11, 10, "/k/a")));
        assertThat(segment.work().get("/k/a")).hasSize(3);
        assertThat(segment.lane().seen(KeyRange.ALL)).isEqualTo(11);
    }

    @Test
    void eachRangeHasAChainOfItsOwn() {
        KeyRange upper = new KeyRange("/k/m", "");
        Deque<SinkRecord> queue = queue(
                put(11, 10, "/k/a"),
                record(new EtcdRecord.Heartbeat(new Chain(7, 0, upper), AT)),
                record(new EtcdRecord.Heartbeat(new Chain(9, 8, upper), AT)));
        Segment segment = intake(LossPolicy.HEAL).take(lane, queue);
        Segment gap = intake(LossPolicy.HEAL).take(segment.lane(), queue);
        assertThat(gap.lost()).containsOnlyKeys(upper);
        assertThat(gap.lane().isBlind("/k/a")).isFalse();
        assertThat(gap.lane().isBlind("/k/z")).isTrue();
    }

    @Test
    void aLossForgetsWhatIsSetAsideAndAnswersFromBeforeIt() {
        PartitionState with = lane.copy();
        with.setAside("/k/a", List.of(item(put(10, 9, "/k/a"))));
        Segment segment =
                intake(LossPolicy.HEAL).take(with, queue(answer(15, 14, "/k/b", "ours"), put(16, 15, "/k/a")));
        assertThat(segment.work()).containsOnlyKeys("/k/a");
        assertThat(segment.lane().hasAside()).isFalse();
        PartitionState healed = segment.lane().copy();
        healed.asked(KeyRange.ALL, 50);
        assertThat(healed.trust(KeyRange.ALL, 49)).isEmpty();
        assertThat(healed.trust(new KeyRange("/k/b", "/k/d"), 50)).containsExactly(KeyRange.ALL);
        assertThat(healed.isBlind("/k/b")).isTrue();
        assertThat(healed.isBlind("/k/c")).isFalse();
        assertThat(healed.isBlind("/k/e")).isTrue();
        assertThat(healed.trust(new KeyRange("", "/k/b"), 50)).containsExactly(new KeyRange("", "/k/b"));
        assertThat(healed.trust(new KeyRange("", "/k/d"), 50)).isEmpty();
        assertThat(healed.trust(KeyRange.ALL, 50)).containsExactly(new KeyRange("/k/d", ""));
        assertThat(intake(LossPolicy.HEAL)
                        .take(healed, queue(answer(17, 16, "/k/b", "ours")))
                        .work())
                .containsOnlyKeys("/k/b");
    }

    @Test
    void answersToOthersAreLeftOut() {
        assertThat(intake(LossPolicy.HEAL)
                        .take(lane, queue(answer(11, 10, "/k/b", "theirs")))
                        .work())
                .isEmpty();
    }

    @Test
    void whatComesForAKeyThatIsSetAsideWaitsBehindIt() {
        PartitionState with = lane.copy();
        with.setAside("/k/a", List.of(item(put(10, 9, "/k/a"))));
        Segment segment = intake(LossPolicy.HEAL).take(with, queue(put(11, 10, "/k/a"), put(12, 11, "/k/b")));
        assertThat(segment.work()).containsOnlyKeys("/k/b");
        assertThat(segment.lane().asideItems()).isEqualTo(2);
        assertThat(segment.lane().unapplied()).isEqualTo(100);
        assertThat(segment.lane().position()).isEqualTo(103);
        Segment retry = Segment.retry(segment.lane());
        assertThat(retry.work().get("/k/a")).extracting(KeyInput::offset).containsExactly(100L, 101L);
        assertThat(retry.lane().unapplied()).isEqualTo(103);
        assertThat(segment.lane().hasAside()).isTrue();
    }

    @Test
    void aLossFailsIfItShall() {
        assertThatThrownBy(() -> intake(LossPolicy.FAIL).take(lane, queue(put(15, 14, "/k/a"))))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("loss.policy=heal");
        Segment ignored = intake(LossPolicy.IGNORE).take(lane, queue(put(15, 14, "/k/a")));
        assertThat(ignored.work()).containsOnlyKeys("/k/a");
        assertThat(ignored.lane().blind()).isEmpty();
    }

    @Test
    void whoBeginsAgainWhereSomethingWasSetAsideNoticesThatItIsLost() {
        SinkRecord locked = put(11, 10, "/k/a");
        Segment segment = intake(LossPolicy.HEAL).take(lane, queue(locked, put(12, 11, "/k/b")));
        segment.lane().setAside("/k/a", List.of(item(locked)));

        PartitionState restarted = new PartitionState(
                lane.partition(),
                lane.route(),
                segment.lane().unapplied(),
                segment.lane().appliedChain(),
                Map.of());

        assertThat(restarted.position()).isEqualTo(locked.kafkaOffset());
        assertThat(intake(LossPolicy.HEAL).take(restarted, queue(locked)).lost())
                .isEmpty();
        assertThat(intake(LossPolicy.HEAL)
                        .take(restarted, queue(put(13, 12, "/k/c")))
                        .lost())
                .containsEntry(KeyRange.ALL, 12L);
    }

    private static KeyInput item(SinkRecord record) {
        return new KeyInput("/k/a", Input.Observed.absent(AT, 0), record);
    }
}
