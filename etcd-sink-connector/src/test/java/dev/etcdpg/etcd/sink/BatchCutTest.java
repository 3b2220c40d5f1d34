package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
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

class BatchCutTest {

    private static final SinkProgress START = SinkProgress.startingAt(0);

    private static SinkRecord record(long offset) {
        return new SinkRecord("pg.etcd", 0, null, null, null, null, offset);
    }

    private static Item change(long offset, long number, long previous, String key, String value) {
        return new Item.Send(
                record(offset),
                new PgRecord.Change(new Chain(number, previous), "o", "r", key, value, Revision.NONE, 0, null),
                null);
    }

    private static Item change(long offset, String key) {
        return change(offset, offset + 1, offset, key, "v");
    }

    private static Item heartbeat(long offset, long number, long previous) {
        return new Item.Send(record(offset), new PgRecord.Heartbeat(new Chain(number, previous), "o", "r"), null);
    }

    private static Item bad(long offset) {
        return new Item.Bad(record(offset), "why");
    }

    private static Batch cut(List<Item> items, SinkProgress passed) {
        return new BatchCut(126, 1_000_000).cut(items, 0, passed, 0);
    }

    @Test
    void oneRecordPerKey() {
        Batch batch = cut(List.of(change(0, "/a"), change(1, "/b"), change(2, "/a")), START);
        assertThat(batch.writes()).hasSize(2);
        assertThat(batch.stop()).isEqualTo(Batch.Stop.FULL);
        assertThat(batch.end()).isEqualTo(2);
        assertThat(batch.after()).isEqualTo(START.withNext(2).passed("o", 2));
    }

    @Test
    void numbersThatWerePassedAreDropped() {
        Batch batch = cut(List.of(change(0, 5, 4, "/a", "v"), change(1, 7, 5, "/b", "v")), START.passed("o", 6));
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.after()).isEqualTo(START.withNext(2).passed("o", 7));
    }

    @Test
    void aMissingPredecessorEndsTheBatchBeforeIt() {
        Batch batch = cut(List.of(change(0, "/a"), change(1, 9, 8, "/b", "v")), START);
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.stop()).isEqualTo(Batch.Stop.LOSS);
        assertThat(batch.end()).isEqualTo(1);
        assertThat(cut(List.of(heartbeat(0, 4, 4)), START).stop()).isEqualTo(Batch.Stop.LOSS);
        assertThat(cut(List.of(heartbeat(0, 4, 4)), START.passed("o", 4)).stop())
                .isEqualTo(Batch.Stop.END);
    }

    /** What the RevisionFilter leaves of a stale change. */
    @Test
    void aHeartbeatWithANumberOfItsOwnPassesIt() {
        Batch batch = cut(List.of(heartbeat(0, 5, 4), change(1, 6, 5, "/a", "v")), START.passed("o", 4));
        assertThat(batch.stop()).isEqualTo(Batch.Stop.END);
        assertThat(batch.writes()).hasSize(1);
        assertThat(cut(List.of(heartbeat(0, 5, 4)), START.passed("o", 4)).isWorthWriting())
                .isFalse();
    }

    @Test
    void requestsOfOneRouteDoNotShareAKey() {
        Item one = new Item.Send(record(0), new PgRecord.Request(new Chain(1, 0), "o", "r", KeyRange.ALL, 1), null);
        Item two = new Item.Send(record(1), new PgRecord.Request(new Chain(2, 1), "o", "r", KeyRange.ALL, 2), null);
        assertThat(cut(List.of(one, two), START).writes()).hasSize(2);
    }

    @Test
    void aNewEpochStandsAlone() {
        Item epoch = new Item.Send(record(1), new PgRecord.NewEpoch(new Chain(2, 1), "o", "r", 1, ""), null);
        Batch batch = cut(List.of(change(0, "/a"), epoch, change(2, "/b")), START);
        assertThat(batch.writes()).hasSize(1);
        assertThat(batch.stop()).isEqualTo(Batch.Stop.NEW_EPOCH);
    }

    @Test
    void whatTheGroupHadPassedAndEtcdForgotIsNoticed() {
        List<Item> items = List.of(heartbeat(0, 0, 0), change(1, 1, 0, "/a", "v"));
        BatchCut cut = new BatchCut(126, 1_000_000);
        assertThat(cut.cut(items, 0, START, 2).stop()).isEqualTo(Batch.Stop.BEHIND);
        assertThat(cut.cut(items, 0, START, 1).stop()).isEqualTo(Batch.Stop.END);
        assertThat(cut.cut(items, 0, START.passed("o", 1), 2).stop()).isEqualTo(Batch.Stop.END);
    }

    @Property(tries = 300)
    void everyRecordIsPassedOnceInOrderAndWithinTheLimits(
            @ForAll("items") List<Item> items,
            @ForAll @IntRange(min = 1, max = 5) int maxKeys,
            @ForAll @IntRange(min = 1, max = 2_000) int maxBytes) {
        BatchCut cut = new BatchCut(maxKeys, maxBytes);
        List<Item> seen = new ArrayList<>();
        SinkProgress passed = START;
        int from = 0;
        while (from < items.size()) {
            Batch batch = cut.cut(items, from, passed, 0);
            assertThat(batch.end()).isGreaterThan(from);
            assertThat(batch.writes().size()).isLessThanOrEqualTo(maxKeys);
            Set<EtcdBytes> keys = new HashSet<>();
            batch.writes().forEach(item -> assertThat(keys.add(((Item.Plain) item).key()))
                    .isTrue());
            assertThat(batch.after().isBehind(passed)).isFalse();
            assertThat(batch.after().next())
                    .isEqualTo(items.get(batch.end() - 1).offset() + 1);
            seen.addAll(items.subList(from, batch.end()).stream()
                    .filter(item -> batch.writes().contains(item) || batch.bad().contains(item))
                    .toList());
            passed = batch.after();
            from = batch.end();
        }
        assertThat(seen).isEqualTo(items);
    }

    @Provide
    Arbitrary<List<Item>> items() {
        return Arbitraries.integers().between(0, 9).list().ofMaxSize(40).map(choices -> {
            List<Item> items = new ArrayList<>();
            for (int choice : choices) {
                long offset = items.size();
                items.add(
                        choice == 0
                                ? bad(offset)
                                : new Item.Plain(
                                        record(offset),
                                        EtcdBytes.of("/" + choice),
                                        EtcdBytes.of("x".repeat(choice * 90))));
            }
            return items;
        });
    }
}
