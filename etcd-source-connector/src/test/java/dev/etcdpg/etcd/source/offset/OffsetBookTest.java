package dev.etcdpg.etcd.source.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.kv.KeyChange;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class OffsetBookTest {

    private final long[] numbers = {3, 4};
    private final OffsetBook book = new OffsetBook(SourceOffset.none(2).inLayout(0));

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
        return book.offset(numbers);
    }

    @Test
    void theFirstSnapshotSaysThatItIsUnderWayUntilItEnds() {
        book.jumpedTo(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.snapshotBegan(21, KeyRange.ALL);
        book.deliveredEvent(put("/a", "1", 25));
        book.deliveredThrough(25);
        assertThat(offset().revision()).isZero();
        assertThat(offset().snapshot()).isEqualTo(21);
        assertThat(offset().epoch()).isEqualTo(7);
        assertThat(SourceOffset.requestsAnswered(offset().toMap(), 7)).isZero();
        book.snapshotEnded(9);
        assertThat(offset().revision()).isEqualTo(25);
        assertThat(offset().snapshot()).isZero();
        assertThat(offset().request()).isEqualTo(9);
        assertThat(offset().event()).isEqualTo(new SourceOffset.LastEvent("/a", OffsetBook.hash(new byte[] {'1'}), 25));
        assertThat(SourceOffset.requestsAnswered(offset().toMap(), 7)).isEqualTo(21);
    }

    @Test
    void aSnapshotWithinTheHistoryFreezesTheOffset() {
        book.jumpedTo(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.snapshotEnded(0);
        book.deliveredThrough(30);
        book.snapshotBegan(31, KeyRange.ALL);
        book.deliveredThrough(40);
        book.snapshotBegan(41, new KeyRange("/a", ""));
        assertThat(offset().revision()).isEqualTo(30);
        assertThat(offset().snapshot()).isEqualTo(41);
        assertThat(book.requestsTakenThrough()).isEqualTo(41);
        assertThat(book.requestsAnsweredThrough()).isEqualTo(20);
        book.snapshotEnded(0);
        assertThat(offset().revision()).isEqualTo(40);
    }

    @Test
    void whatHasNoRecordIsReportedOnceByASnapshotOrTheWatch() {
        book.jumpedTo(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        assertThat(book.isUnreported(1)).as("the first snapshot").isTrue();
        assertThat(book.isUnreported(20)).isTrue();
        assertThat(book.isUnreported(21)).as("the watch goes on from 20").isFalse();
        book.snapshotEnded(0);
        book.deliveredThrough(40);
        book.snapshotBegan(41, KeyRange.ALL);
        assertThat(book.isUnreported(15)).as("a snapshot that was asked for").isFalse();
        assertThat(book.isUnreported(41)).isFalse();
        book.snapshotEnded(1);

        book.jumpedTo(new EtcdState(7, 2, 60, "c"), 2, "/a/");
        assertThat(book.isUnreported(40)).as("before etcd was compacted").isFalse();
        assertThat(book.isUnreported(41)).as("in the gap").isTrue();
        book.jumpedTo(new EtcdState(7, 2, 80, "c"), 2, "/a/");
        assertThat(book.isUnreported(41)).as("the snapshot was cut off").isTrue();
        assertThat(book.isUnreported(80)).isTrue();

        book.jumpedTo(new EtcdState(8, 2, 30, "c"), 2, "/a/");
        assertThat(book.isUnreported(1)).as("another history").isTrue();
        book.snapshotEnded(1);
        assertThat(book.isUnreported(1)).isFalse();
    }

    @Test
    void underAnotherPrefixNothingIsReported() {
        book.jumpedTo(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.snapshotEnded(0);
        book.deliveredThrough(40);
        book.jumpedTo(new EtcdState(7, 2, 60, "c"), 2, "/b/");
        assertThat(book.isUnreported(1)).isTrue();
        assertThat(book.isUnreported(61)).isFalse();
        book.jumpedTo(new EtcdState(7, 2, 80, "c"), 2, "/b/");
        assertThat(book.isUnreported(1)).as("the snapshot was cut off").isTrue();
        book.snapshotEnded(0);
        assertThat(book.isUnreported(1)).isFalse();
    }

    @Test
    void whatWasBeforeAStartWithoutASnapshotIsUnreportedUntilASnapshotOfAll() {
        book.startedAt(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.deliveredThrough(40);
        book.snapshotBegan(41, new KeyRange("/a/x", "/a/y"));
        assertThat(book.isUnreported(20)).isTrue();
        assertThat(book.isUnreported(21)).isFalse();
        book.snapshotEnded(1);
        OffsetBook later = new OffsetBook(SourceOffset.of(offset().toMap(), 2));
        assertThat(later.isUnreported(20)).as("with another snapshot.mode, too").isTrue();
        later.jumpedTo(new EtcdState(7, 2, 60, "c"), 2, "/a/");
        assertThat(later.isUnreported(20)).as("before etcd was compacted").isTrue();
        assertThat(later.isUnreported(21)).isFalse();
        assertThat(later.isUnreported(41)).isTrue();
        later.snapshotEnded(1);
        assertThat(later.isUnreported(20)).isFalse();
        assertThat(later.offset(numbers).started()).isZero();
    }

    @Test
    void aRequestForAllKeysAndANewEpochReportWhatWasBeforeAStartWithoutASnapshotForTheLastTime() {
        book.startedAt(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.snapshotBegan(41, KeyRange.ALL);
        assertThat(book.isUnreported(20)).isTrue();
        book.snapshotEnded(1);
        assertThat(book.isUnreported(20)).isFalse();
        book.startedAt(new EtcdState(7, 2, 50, "c"), 2, "/a/");
        book.epochBegan(8, 60);
        assertThat(book.isUnreported(50)).isTrue();
        book.snapshotEnded(1);
        assertThat(book.isUnreported(50)).isFalse();
    }

    @Test
    void whatWasBeforeARevisionThatTheUserHasSetIsUnreported() {
        OffsetBook set = new OffsetBook(SourceOffset.of(Map.of("revision", 30), 2));
        set.sameHistory(new EtcdState(7, 2, 50, "c"), 2, "/a/");
        assertThat(set.isUnreported(30)).isTrue();
        assertThat(set.isUnreported(31)).isFalse();
    }

    @Test
    void afterAnotherEpochOnlyASnapshotCanTell() {
        book.jumpedTo(new EtcdState(7, 2, 20, "c"), 2, "/a/");
        book.snapshotEnded(0);
        book.epochBegan(8, 33);
        assertThat(offset().revision()).isZero();
        assertThat(offset().epoch()).isEqualTo(8);
        assertThat(offset().snapshot()).isEqualTo(33);
    }

    @Test
    void aKeyThatNoRecordHasIsNotRemembered() {
        book.deliveredEvent(new KeyChange("/a".getBytes(StandardCharsets.UTF_8), null, 25, 0, 0, 0));
        book.deliveredEvent(new KeyChange(new byte[1_000_000], null, 26, 0, 0, 0));
        book.deliveredEvent(new KeyChange("k".repeat(1_000_000).getBytes(StandardCharsets.UTF_8), null, 27, 0, 0, 0));
        assertThat(book.event().revision()).isEqualTo(25);
    }

    @Test
    void aDeleteIsRememberedWithoutAHash() {
        book.deliveredEvent(put("/a", null, 25));
        assertThat(book.event()).isEqualTo(new SourceOffset.LastEvent("/a", "", 25));
        book.deliveredEvent(new KeyChange(new byte[] {(byte) 0xff}, new byte[0], 26, 26, 1, 0));
        assertThat(book.event().revision()).isEqualTo(25);
    }

    @Property
    void offsetsAreReadAsTheyWereWritten(
            @ForAll @LongRange(min = 0) long epoch,
            @ForAll @LongRange(min = 0) long revision,
            @ForAll @LongRange(min = 0) long snapshot,
            @ForAll @LongRange(min = 0) long request,
            @ForAll @LongRange(min = 0) long number) {
        SourceOffset offset = new SourceOffset(
                epoch,
                request,
                revision,
                snapshot,
                snapshot % 2 == 0 ? null : new KeyRange("/a", "/b"),
                revision % 2 == 0 ? null : new SourceOffset.LastEvent("/k", "ab", revision),
                "c",
                "/p/",
                epoch,
                request,
                revision,
                number,
                new long[] {number, 0});
        SourceOffset read = SourceOffset.of(new HashMap<>(offset.toMap()), 7);
        assertThat(read.toMap()).isEqualTo(offset.toMap());
        assertThat(read).usingRecursiveComparison().isEqualTo(offset);
    }

    @Test
    void whatIsNoOffsetIsRefusedWithASentence() {
        Map<String, Object> map = offset().toMap();
        for (String field : map.keySet()) {
            Map<String, Object> broken = new HashMap<>(map);
            broken.put(field, map.get(field) instanceof String ? 5L : "five");
            assertThatThrownBy(() -> SourceOffset.of(broken, 2))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("field " + field)
                    .hasMessageContaining("DELETE");
        }
        Map<String, Object> more = new HashMap<>(map);
        more.put("number.2", 1L);
        assertThatThrownBy(() -> SourceOffset.of(more, 2)).hasMessageContaining("number.2 is not known");
        map.put("revision", -1L);
        assertThatThrownBy(() -> SourceOffset.of(map, 2)).hasMessageContaining("below 0");
        assertThat(SourceOffset.of(Map.of("revision", 5), 3).numbers()).hasSize(3);
        assertThatThrownBy(() -> SourceOffset.of(Map.of("revision", "many"), 3)).isInstanceOf(ConnectException.class);
        SourceOffset.checkPartition(SourceOffset.partition("r", KeyRange.ALL));
        assertThatThrownBy(() -> SourceOffset.checkPartition(Map.of("route", "r", "after", "")))
                .isInstanceOf(ConnectException.class);
    }
}
