package dev.etcdpg.etcd.source.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.kv.KeyChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

    private final long[] numbers = {3, 4};
    private final OffsetTracker tracker = new OffsetTracker(SourceOffset.none(2).inLayout(0));

    private static KeyChange put(String key, String value, long revision) {
        return new KeyChange(
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                revision,
                revision,
                1,
                0);
    }

    private SourceOffset offset() {
        return tracker.offset(numbers);
    }

    private Map<String, Object> map() {
        return OffsetFormat.toMap(offset());
    }

    private long snapshotRevision() {
        return offset().snapshot().revision();
    }

    @Test
    void theFirstSnapshotSaysThatItIsUnderWayUntilItEnds() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotBegan(21, KeyRange.ALL);
        tracker.deliveredEvent(put("/a", "1", 25));
        tracker.deliveredThrough(25);
        assertThat(offset().position().revision()).isZero();
        assertThat(snapshotRevision()).isEqualTo(21);
        assertThat(offset().history().epoch()).isEqualTo(7);
        assertThat(OffsetFormat.requestsAnsweredThrough(map(), 7)).isZero();
        tracker.snapshotEnded(9);
        assertThat(offset().position().revision()).isEqualTo(25);
        assertThat(offset().snapshot()).isNull();
        assertThat(offset().requests().highest()).isEqualTo(9);
        assertThat(offset().position().event()).isEqualTo(new LastEvent("/a", LastEvent.hash(new byte[] {'1'}), 25));
        assertThat(OffsetFormat.requestsAnsweredThrough(map(), 7)).isEqualTo(21);
    }

    @Test
    void everyDeliveryAndEverySnapshotTellsHowFarEtcdHasCome() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotEnded(0);
        tracker.deliveredThrough(30);
        assertThat(tracker.seen().revision()).isEqualTo(30);
        tracker.snapshotBegan(45, KeyRange.ALL);
        assertThat(tracker.seen().revision()).isEqualTo(45);
        tracker.deliveredThrough(40);
        assertThat(tracker.seen().revision()).isEqualTo(45);
        tracker.reached(50);
        assertThat(tracker.seen().revision()).isEqualTo(50);
        assertThat(tracker.delivered()).isEqualTo(40);
    }

    @Test
    void changesBeforeAFirstStartWithoutASnapshotAreUnreported() {
        tracker.deliveredThrough(30);
        tracker.confirmSameHistory(new EtcdState(7, 2, 30, "c", false), 2, "/a/");
        assertThat(tracker.epoch()).isEqualTo(7);
        assertThat(tracker.isUnreported(30)).isTrue();
        assertThat(tracker.isUnreported(31)).isFalse();
    }

    @Test
    void aSnapshotWithinTheHistoryFreezesTheOffset() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotEnded(0);
        tracker.deliveredThrough(30);
        tracker.snapshotBegan(31, KeyRange.ALL);
        tracker.deliveredThrough(40);
        tracker.snapshotBegan(41, new KeyRange("/a", ""));
        assertThat(offset().position().revision()).isEqualTo(30);
        assertThat(snapshotRevision()).isEqualTo(41);
        assertThat(tracker.requestsTakenThrough()).isEqualTo(41);
        assertThat(tracker.requestsAnsweredThrough()).isEqualTo(20);
        tracker.snapshotEnded(0);
        assertThat(offset().position().revision()).isEqualTo(40);
    }

    @Test
    void whatHasNoRecordIsReportedOnceByASnapshotOrTheWatch() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        assertThat(tracker.isUnreported(1))
                .as("the first snapshot reports the revision")
                .isTrue();
        assertThat(tracker.isUnreported(20)).isTrue();
        assertThat(tracker.isUnreported(21))
                .as("the watch reports revisions after 20")
                .isFalse();
        tracker.snapshotEnded(0);
        tracker.deliveredThrough(40);
        tracker.snapshotBegan(41, KeyRange.ALL);
        assertThat(tracker.isUnreported(15))
                .as("a requested snapshot reports no revision again")
                .isFalse();
        assertThat(tracker.isUnreported(41)).isFalse();
        tracker.snapshotEnded(1);

        tracker.jumpTo(new EtcdState(7, 2, 60, "c", false), 2, "/a/");
        assertThat(tracker.isUnreported(40))
                .as("the watch has reported the revision")
                .isFalse();
        assertThat(tracker.isUnreported(41))
                .as("the watch has skipped the revision")
                .isTrue();
        tracker.jumpTo(new EtcdState(7, 2, 80, "c", false), 2, "/a/");
        assertThat(tracker.isUnreported(41)).as("the snapshot has not ended").isTrue();
        assertThat(tracker.isUnreported(80)).isTrue();

        tracker.jumpTo(new EtcdState(8, 2, 30, "c", false), 2, "/a/");
        assertThat(tracker.isUnreported(1)).as("etcd has another history").isTrue();
        tracker.snapshotEnded(1);
        assertThat(tracker.isUnreported(1)).isFalse();
    }

    @Test
    void underAnotherPrefixNothingIsReported() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotEnded(0);
        tracker.deliveredThrough(40);
        tracker.jumpTo(new EtcdState(7, 2, 60, "c", false), 2, "/b/");
        assertThat(tracker.isUnreported(1)).isTrue();
        assertThat(tracker.isUnreported(61)).isFalse();
        tracker.jumpTo(new EtcdState(7, 2, 80, "c", false), 2, "/b/");
        assertThat(tracker.isUnreported(1)).as("the snapshot has not ended").isTrue();
        tracker.snapshotEnded(0);
        assertThat(tracker.isUnreported(1)).isFalse();
    }

    @Test
    void whatWasBeforeAStartWithoutASnapshotIsUnreportedUntilASnapshotOfAll() {
        tracker.startAt(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.deliveredThrough(40);
        tracker.snapshotBegan(41, new KeyRange("/a/x", "/a/y"));
        assertThat(tracker.isUnreported(20)).isTrue();
        assertThat(tracker.isUnreported(21)).isFalse();
        tracker.snapshotEnded(1);
        OffsetTracker later = new OffsetTracker(OffsetFormat.parse(map(), 2));
        assertThat(later.isUnreported(20)).as("a restart changes nothing").isTrue();
        later.jumpTo(new EtcdState(7, 2, 60, "c", false), 2, "/a/");
        assertThat(later.isUnreported(20)).as("a compaction changes nothing").isTrue();
        assertThat(later.isUnreported(21)).isFalse();
        assertThat(later.isUnreported(41)).isTrue();
        later.snapshotEnded(1);
        assertThat(later.isUnreported(20)).isFalse();
        assertThat(later.offset(numbers).started()).isZero();
    }

    @Test
    void aRequestForAllKeysAndANewEpochReportWhatWasBeforeAStartWithoutASnapshotForTheLastTime() {
        tracker.startAt(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotBegan(41, KeyRange.ALL);
        assertThat(tracker.isUnreported(20)).isTrue();
        tracker.snapshotEnded(1);
        assertThat(tracker.isUnreported(20)).isFalse();
        tracker.startAt(new EtcdState(7, 2, 50, "c", false), 2, "/a/");
        tracker.epochBegan(8, 60);
        assertThat(tracker.isUnreported(50)).isTrue();
        tracker.snapshotEnded(1);
        assertThat(tracker.isUnreported(50)).isFalse();
    }

    @Test
    void whatWasBeforeARevisionThatTheUserHasSetIsUnreported() {
        OffsetTracker set = new OffsetTracker(OffsetFormat.parse(Map.of("revision", 30), 2));
        set.confirmSameHistory(new EtcdState(7, 2, 50, "c", false), 2, "/a/");
        assertThat(set.isUnreported(30)).isTrue();
        assertThat(set.isUnreported(31)).isFalse();
    }

    @Test
    void afterAnotherEpochOnlyASnapshotCanTell() {
        tracker.jumpTo(new EtcdState(7, 2, 20, "c", false), 2, "/a/");
        tracker.snapshotEnded(0);
        tracker.epochBegan(8, 33);
        assertThat(offset().position().revision()).isZero();
        assertThat(offset().history().epoch()).isEqualTo(8);
        assertThat(snapshotRevision()).isEqualTo(33);
    }

    @Test
    void aKeyThatNoRecordHasIsNotRemembered() {
        tracker.deliveredEvent(new KeyChange("/a".getBytes(StandardCharsets.UTF_8), null, 25, 0, 0, 0));
        tracker.deliveredEvent(new KeyChange(new byte[1_000_000], null, 26, 0, 0, 0));
        tracker.deliveredEvent(
                new KeyChange("k".repeat(1_000_000).getBytes(StandardCharsets.UTF_8), null, 27, 0, 0, 0));
        assertThat(tracker.lastEvent().revision()).isEqualTo(25);
    }

    @Test
    void aDeleteIsRememberedWithoutAHash() {
        tracker.deliveredEvent(put("/a", null, 25));
        assertThat(tracker.lastEvent()).isEqualTo(new LastEvent("/a", "", 25));
        tracker.deliveredEvent(new KeyChange(new byte[] {(byte) 0xff}, new byte[0], 26, 26, 1, 0));
        assertThat(tracker.lastEvent().revision()).isEqualTo(25);
    }

    /** Each revision has an offset, but Connect stores few offsets. The tracker hashes a value only when Connect reads its offset. */
    @Test
    void aValueIsHashedOnlyForAnOffsetThatIsRead() {
        AtomicInteger hashed = new AtomicInteger();
        OffsetTracker lazy = new OffsetTracker(SourceOffset.none(2).inLayout(0), value -> {
            hashed.incrementAndGet();
            return LastEvent.hash(value);
        });
        List<Map<String, Object>> offsets = new ArrayList<>();
        for (int revision = 1; revision <= 100; revision++) {
            for (String key : List.of("/a", "/b", "/c")) {
                lazy.deliveredEvent(put(key, "value " + revision, revision));
            }
            lazy.deliveredThrough(revision);
            offsets.add(new LazyOffsetMap(lazy.offset(numbers)));
        }
        assertThat(hashed).hasValue(0);

        Map<String, Object> stored = new HashMap<>(offsets.get(49));
        assertThat(hashed).hasValue(1);
        assertThat(stored)
                .containsEntry("revision", 50L)
                .containsEntry("event.key", "/c")
                .containsEntry("event.revision", 50L)
                .containsEntry("event.hash", LastEvent.hash("value 50".getBytes(StandardCharsets.UTF_8)));
        assertThat(offsets.get(49)).isEqualTo(stored);
        assertThat(offsets.get(49).get("event.hash")).isEqualTo(stored.get("event.hash"));
        assertThat(hashed).as("the offset keeps the hash").hasValue(1);
    }

    @Property
    void offsetsAreReadAsTheyWereWritten(
            @ForAll @LongRange(min = 0) long epoch,
            @ForAll @LongRange(min = 0) long revision,
            @ForAll @LongRange(min = 0) long snapshot,
            @ForAll @LongRange(min = 0) long request,
            @ForAll @LongRange(min = 0) long number) {
        SourceOffset offset = new SourceOffset(
                new SourceOffset.History(epoch, request, "c", "/p/"),
                new SourceOffset.Position(revision, revision % 2 == 0 ? null : new LastEvent("/k", "ab", revision)),
                number,
                snapshot == 0
                        ? null
                        : new SourceOffset.UnfinishedSnapshot(
                                snapshot, snapshot % 2 == 0 ? null : new KeyRange("/a", "/b")),
                new SourceOffset.Requests(request, revision),
                epoch,
                new long[] {number, 0});
        SourceOffset read = OffsetFormat.parse(new HashMap<>(OffsetFormat.toMap(offset)), 7);
        assertThat(OffsetFormat.toMap(read)).isEqualTo(OffsetFormat.toMap(offset));
        assertThat(read).usingRecursiveComparison().isEqualTo(offset);
    }

    @Test
    void whatIsNoOffsetIsRefusedWithASentence() {
        Map<String, Object> map = map();
        for (String field : map.keySet()) {
            Map<String, Object> broken = new HashMap<>(map);
            broken.put(field, map.get(field) instanceof String ? 5L : "five");
            assertThatThrownBy(() -> OffsetFormat.parse(broken, 2))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("field " + field)
                    .hasMessageContaining("DELETE");
        }
        Map<String, Object> more = new HashMap<>(map);
        more.put("number.2", 1L);
        assertThatThrownBy(() -> OffsetFormat.parse(more, 2)).hasMessageContaining("number.2 is not known");
        map.put("revision", -1L);
        assertThatThrownBy(() -> OffsetFormat.parse(map, 2)).hasMessageContaining("below 0");
        assertThat(OffsetFormat.parse(Map.of("revision", 5), 3).numbers()).hasSize(3);
        assertThatThrownBy(() -> OffsetFormat.parse(Map.of("revision", "many"), 3))
                .isInstanceOf(ConnectException.class);
        assertThat(SourcePartition.route(SourcePartition.of("r", KeyRange.ALL))).isEqualTo("r");
        assertThatThrownBy(() -> SourcePartition.route(Map.of("route", "r", "after", "")))
                .isInstanceOf(ConnectException.class);
    }
}
