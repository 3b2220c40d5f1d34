package dev.etcdpg.etcd.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class BatchCutterTest {

    private static final SinkProgress START = SinkProgress.startingAt(0);
    private static final ChainSender O = new ChainSender("o", null);

    private static SinkRecord record(long offset) {
        return new SinkRecord("pg.etcd", 0, null, null, null, null, offset);
    }

    private static SinkInstruction change(long offset, long number, long previous, String key, String value) {
        return new SinkInstruction.Send(
                record(offset),
                new PgRecord.Change(new Chain(number, previous), "o", "r", key, value, Revision.NONE, 0, null),
                null,
                null);
    }

    private static SinkInstruction change(long offset, String key) {
        return change(offset, offset + 1, offset, key, "v");
    }

    private static SinkInstruction heartbeat(long offset, long number, long previous) {
        return new SinkInstruction.Send(
                record(offset), new PgRecord.Heartbeat(new Chain(number, previous), "o", "r"), null, null);
    }

    private static SinkInstruction bad(long offset) {
        return new SinkInstruction.Rejected(record(offset), "why");
    }

    private static SinkBatch cut(List<SinkInstruction> items, SinkProgress passed) {
        return new BatchCutter(126, 1_000_000).cut(items, 0, passed, 0);
    }

    @Test
    void oneRecordPerKey() {
        SinkBatch batch = cut(List.of(change(0, "/a"), change(1, "/b"), change(2, "/a")), START);
        assertThat(batch.writes()).hasSize(2);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.FULL);
        assertThat(batch.end()).isEqualTo(2);
        assertThat(batch.after()).isEqualTo(START.withNext(2).passed(O, 2));
    }

    @Test
    void numbersThatWerePassedAreDropped() {
        SinkBatch batch = cut(List.of(change(0, 5, 4, "/a", "v"), change(1, 7, 5, "/b", "v")), START.passed(O, 6));
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.after()).isEqualTo(START.withNext(2).passed(O, 7));
    }

    @Test
    void aMissingPredecessorEndsTheBatchBeforeIt() {
        SinkBatch batch = cut(List.of(change(0, "/a"), change(1, 9, 8, "/b", "v")), START);
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.LOSS);
        assertThat(batch.end()).isEqualTo(1);
        assertThat(cut(List.of(heartbeat(0, 4, 4)), START).stop()).isEqualTo(SinkBatch.Stop.LOSS);
        assertThat(cut(List.of(heartbeat(0, 4, 4)), START.passed(O, 4)).stop()).isEqualTo(SinkBatch.Stop.END);
    }

    /** RevisionFilter replaces a stale change with such a heartbeat. */
    @Test
    void aHeartbeatWithANumberOfItsOwnPassesIt() {
        SinkBatch batch = cut(List.of(heartbeat(0, 5, 4), change(1, 6, 5, "/a", "v")), START.passed(O, 4));
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.END);
        assertThat(batch.writes()).hasSize(1);
        assertThat(cut(List.of(heartbeat(0, 5, 4)), START.passed(O, 4)).isWorthWriting())
                .isFalse();
    }

    @Test
    void requestsOfOneRouteDoNotShareAKey() {
        SinkInstruction one = new SinkInstruction.Send(
                record(0), new PgRecord.Request(new Chain(1, 0), "o", "r", KeyRange.ALL, 1), null, null);
        SinkInstruction two = new SinkInstruction.Send(
                record(1), new PgRecord.Request(new Chain(2, 1), "o", "r", KeyRange.ALL, 2), null, null);
        assertThat(cut(List.of(one, two), START).writes()).hasSize(2);
    }

    private static SinkInstruction from(String database, long offset, long number, long previous, String key) {
        return new SinkInstruction.Send(
                record(offset),
                new PgRecord.Change(new Chain(number, previous), "o", "r", key, "v", Revision.NONE, 0, null),
                database,
                null);
    }

    @Test
    void aBatchEndsBeforeANewRecordOfASupersededDatabase() {
        SinkBatch batch = cut(
                List.of(
                        from("A", 0, 5, 0, "/a"),
                        from("B", 1, 6, 5, "/b"),
                        from("A", 2, 5, 0, "/c"),
                        from("B", 3, 7, 6, "/d"),
                        from("A", 4, 8, 5, "/e")),
                START);
        assertThat(batch.writes()).extracting(SinkInstruction::offset).containsExactly(0L, 1L, 3L);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.SUPERSEDED);
        assertThat(batch.end()).isEqualTo(4);
        assertThat(batch.after().databaseOf("o")).isEqualTo("B");
    }

    /** The numbers of both come from the clocks of their hosts. */
    @Test
    void aChangeOfACopyIsNeverARepeatOfAChangeOfTheOriginal() {
        SinkBatch batch =
                cut(List.of(from("A", 0, 4, 0, "/a"), from("A", 1, 9, 4, "/b"), from("B", 2, 7, 4, "/c")), START);
        assertThat(batch.writes()).hasSize(3);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.END);
    }

    @Test
    void recordsThatADatabaseLacksAreALossAfterAHandoverToo() {
        SinkBatch batch = cut(List.of(from("A", 0, 4, 0, "/a"), from("B", 1, 9, 7, "/b")), START);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.LOSS);
        assertThat(batch.end()).isEqualTo(1);
    }

    @Test
    void aNewEpochStandsAlone() {
        SinkInstruction epoch = new SinkInstruction.Send(
                record(1), new PgRecord.NewEpoch(new Chain(2, 1), "o", "r", 1, ""), null, null);
        SinkBatch batch = cut(List.of(change(0, "/a"), epoch, change(2, "/b")), START);
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.stop()).isEqualTo(SinkBatch.Stop.NEW_EPOCH);
    }

    @Test
    void aRecordThatTheGroupHasPassedAndEtcdHasForgottenEndsTheBatch() {
        List<SinkInstruction> items = List.of(heartbeat(0, 0, 0), change(1, 1, 0, "/a", "v"));
        BatchCutter cut = new BatchCutter(126, 1_000_000);
        assertThat(cut.cut(items, 0, START, 2).stop()).isEqualTo(SinkBatch.Stop.BEHIND);
        assertThat(cut.cut(items, 0, START, 1).stop()).isEqualTo(SinkBatch.Stop.END);
        assertThat(cut.cut(items, 0, START.passed(O, 1), 2).stop()).isEqualTo(SinkBatch.Stop.END);
    }

    /** A request contains a key three times and a value once. 160 bytes are reserved for the rest. */
    @Test
    void aBatchIsFullWhenTheNextRecordWouldExceedTheLimitOfBytes() {
        int size = 3 * 2 + 160 + 100;
        String value = "x".repeat(100);
        SinkInstruction plainA = new SinkInstruction.PlainWrite(record(0), EtcdBytes.of("/a"), EtcdBytes.of(value));
        SinkInstruction plainB = new SinkInstruction.PlainWrite(record(1), EtcdBytes.of("/b"), EtcdBytes.of(value));
        SinkInstruction deleteC = new SinkInstruction.PlainWrite(record(2), EtcdBytes.of("/c"), null);
        List<SinkInstruction> plain = List.of(plainA, plainB, deleteC);
        assertThat(writes(plain, 2 * size)).isEqualTo(2);
        assertThat(writes(plain, 2 * size - 1)).isEqualTo(1);
        assertThat(writes(plain, 3 * size - 100)).isEqualTo(3);
        assertThat(writes(plain, 3 * size - 101)).isEqualTo(2);
        assertThat(writes(plain, 1)).isEqualTo(1);

        List<SinkInstruction> changes =
                List.of(change(0, 1, 0, "/a", value), change(1, 2, 1, "/b", value), change(2, 3, 2, "/c", null));
        assertThat(writes(changes, 2 * size)).isEqualTo(2);
        assertThat(writes(changes, 2 * size - 1)).isEqualTo(1);
        assertThat(writes(changes, 3 * size - 100)).isEqualTo(3);
        assertThat(writes(changes, 3 * size - 101)).isEqualTo(2);
    }

    @Test
    void anImpossibleChangeIsAnsweredAndReported() {
        SinkInstruction impossible = new SinkInstruction.Send(
                record(0),
                new PgRecord.Change(new Chain(1, 0), "o", "r", "/a", "v", Revision.NONE, 0, null),
                null,
                "outside of the route");
        SinkBatch batch = cut(List.of(impossible, change(1, "/b")), START);
        assertThat(batch.writes()).hasSize(2);
        assertThat(batch.impossible())
                .extracting(SinkInstruction.Rejected::reason)
                .containsExactly("outside of the route");
    }

    private static int writes(List<SinkInstruction> records, int maxBytes) {
        return new BatchCutter(126, maxBytes).cut(records, 0, START, 0).writes().size();
    }

    @Property(tries = 300)
    void everyRecordIsPassedOnceInOrderAndWithinTheLimits(
            @ForAll("items") List<SinkInstruction> items,
            @ForAll @IntRange(min = 1, max = 5) int maxKeys,
            @ForAll @IntRange(min = 1, max = 2_000) int maxBytes) {
        BatchCutter cut = new BatchCutter(maxKeys, maxBytes);
        List<SinkInstruction> seen = new ArrayList<>();
        SinkProgress passed = START;
        int from = 0;
        while (from < items.size()) {
            SinkBatch batch = cut.cut(items, from, passed, 0);
            assertThat(batch.end()).isGreaterThan(from);
            assertThat(batch.writes().size()).isLessThanOrEqualTo(maxKeys);
            Set<EtcdBytes> keys = new HashSet<>();
            batch.writes().forEach(item -> assertThat(keys.add(((SinkInstruction.PlainWrite) item).key()))
                    .isTrue());
            assertThat(batch.after().isBehind(passed)).isFalse();
            assertThat(batch.after().next())
                    .isEqualTo(items.get(batch.end() - 1).offset() + 1);
            seen.addAll(items.subList(from, batch.end()).stream()
                    .filter(item ->
                            batch.writes().contains(item) || batch.rejected().contains(item))
                    .toList());
            passed = batch.after();
            from = batch.end();
        }
        assertThat(seen).isEqualTo(items);
    }

    @Provide
    Arbitrary<List<SinkInstruction>> items() {
        return Arbitraries.integers().between(0, 9).list().ofMaxSize(40).map(choices -> {
            List<SinkInstruction> items = new ArrayList<>();
            for (int choice : choices) {
                long offset = items.size();
                items.add(
                        choice == 0
                                ? bad(offset)
                                : new SinkInstruction.PlainWrite(
                                        record(offset),
                                        EtcdBytes.of("/" + choice),
                                        EtcdBytes.of("x".repeat(choice * 90))));
            }
            return items;
        });
    }
}
