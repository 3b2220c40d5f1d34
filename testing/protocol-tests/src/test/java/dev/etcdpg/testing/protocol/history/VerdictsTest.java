package dev.etcdpg.testing.protocol.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.etcdpg.core.Revision;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Mirror;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.postgres.InMemoryPostgres;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.postgres.server.OutcomeLog;
import dev.etcdpg.testing.protocol.postgres.server.OutcomeLog.Entry;
import dev.etcdpg.testing.protocol.postgres.server.OutcomeLog.What;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.protocol.world.Action;
import dev.etcdpg.testing.protocol.world.EtcdSinkWorker;
import dev.etcdpg.testing.protocol.world.PgSinkWorker;
import dev.etcdpg.testing.protocol.world.World;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A fault that is planted into a history that ended well leads to the verdict of this fault. */
class VerdictsTest {

    private static final String KEY = WorldLayout.KEYS.get(0);
    private static final String OTHER = WorldLayout.KEYS.get(1);

    private static InMemoryTables db(World world) {
        return ((InMemoryPostgres) world.postgres).db();
    }

    private static InMemoryTables.Entry at(InMemoryTables.Entry e, long revision, Content content) {
        Mirror m = e.mirror();
        return new InMemoryTables.Entry(
                new Mirror(m.epoch(), revision, content, m.createRevision(), m.version(), m.lease()),
                e.lastApplied(),
                e.settledId(),
                e.flight(),
                e.sent());
    }

    /** A fault, with all verdicts that it must lead to. */
    enum Fault {
        A_ROW_IS_MISSING(Set.of("diverged", "last-wins"), w -> db(w).rows.remove(KEY)),
        A_ROW_HAS_ANOTHER_VALUE(Set.of("diverged", "last-wins"), w -> db(w).rows
                .compute(KEY, (k, row) -> new PostgresSide.Row("other", row.modRevision()))),
        A_ROW_HAS_ANOTHER_REVISION(Set.of("diverged"), w -> db(w).rows
                .compute(KEY, (k, row) -> new PostgresSide.Row(row.value(), row.modRevision() + 1))),
        A_KEY_IS_MIRRORED_AS_ABSENT(
                Set.of("mirror"), w -> db(w).mirror.compute(KEY, (k, e) -> at(e, 0, Content.ABSENT))),
        A_KEY_IS_MIRRORED_AT_ANOTHER_REVISION(Set.of("mirror"), w -> db(w).mirror
                .compute(
                        KEY,
                        (k, e) -> at(e, e.mirror().revision() + 1, e.mirror().content()))),
        A_CHANGE_IS_PENDING(Set.of("pending"), w -> db(w).wal.put(KEY, List.of(new InMemoryTables.Wal(1, "x", 1)))),
        A_REQUEST_IS_PENDING(Set.of("pending"), w -> w.postgres.resync()),
        A_CHANGE_HAS_NO_OUTCOME(Set.of("unreported"), w -> db(w).outcomes.remove(1L)),
        A_CHANGE_HAS_TWO_OUTCOMES(Set.of("outcomes"), w -> db(w).outcomes.put(1L, "confirmed, then lost")),
        A_REVISION_IS_MISSING(Set.of("history"), w -> db(w).history
                .removeIf(h -> h.value() != null && h.value().equals("second"))),
        A_REVISION_NEVER_EXISTED(Set.of("history"), w -> db(w).history
                .add(new PostgresSide.Applied(KEY, new Revision(w.epoch(), w.etcd.revision() + 9), "x", false, false))),
        A_REVISION_IS_REPEATED(
                Set.of("history"), w -> db(w).history.add(db(w).history.get(0))),
        THE_LAST_COMMIT_IS_MISSING(Set.of("last-wins"), w -> w.lastCommit.put(KEY, "never")),
        A_CHANGE_IS_LOST(Set.of("false-conflict"), w -> db(w).conflicts
                .add(new InMemoryTables.Conflict(
                        1, KEY, new InMemoryTables.Wal(1, "x", 1), 1L, Revision.NONE, Revision.NONE, false, 1))),
        A_CHANGE_IS_REFUSED(Set.of("false-refusal"), w -> w.refused++),
        AN_EPOCH_BEGINS(Set.of("false-epoch"), World::raiseEpoch),
        A_CHANGE_IS_WRITTEN_TWICE(Set.of("twice"), w -> w.written.merge(1L, 1, Integer::sum)),
        AN_EVENT_MOVES_A_ROW_BACK(
                Set.of("flicker"),
                w -> w.authors.forEach((at, change) -> ((InMemoryPostgres) w.postgres).lost(KEY, change, at)));

        private final Set<String> verdicts;
        private final Consumer<World> plant;

        Fault(Set<String> verdicts, Consumer<World> plant) {
            this.verdicts = verdicts;
            this.plant = plant;
        }
    }

    private static void write(World world, String key, String value) {
        world.etcd.txn(InMemoryEtcdClient.write(TxnRequest.newBuilder(), key, ByteString.copyFromUtf8(value))
                .build());
    }

    private static void sql(World world, String key, String value) {
        world.postgres.transact(List.of(new PostgresSide.Write(key, value)));
        world.lastCommit.put(key, value);
        assertThat(world.settle(150)).isTrue();
    }

    private static World world() {
        World world = World.inMemory(Flag.of(Flag.NO_APP));
        assertThat(world.settle(150)).isTrue();
        List.of("first", "second", "third").forEach(value -> sql(world, KEY, value));
        sql(world, OTHER, "other");
        world.drain();
        return world;
    }

    @Test
    void aGoodHistoryViolatesNothing() {
        World world = world();
        Verdicts.judge(world);
        assertThat(world.run.wrong).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedFaultLeadsToItsVerdicts(Fault fault) {
        World world = world();
        fault.plant.accept(world);
        Verdicts.judge(world);
        assertThat(world.run.wrong.stream().map(wrong -> wrong.split(":")[0]).distinct())
                .as("%s", world.run.wrong)
                .containsExactlyInAnyOrderElementsOf(fault.verdicts);
    }

    // ---- verdicts during a history

    /** The source goes back to an older offset, and the sink does not skip old events. */
    @Test
    void aStepBackIsNoticed() {
        World world = World.inMemory(Flag.of(Flag.NO_LAST_APPLIED));
        write(world, KEY, "first");
        assertThat(world.settle(150)).isTrue();
        write(world, KEY, "second");
        write(world, KEY, "third");
        world.source.runAll();
        world.pgSinks.forEach(PgSinkWorker::runAll);
        world.source.crash();
        world.source.runAll();
        world.pgSinks.forEach(sink -> sink.run(1));
        assertThat(world.run.wrong).as("%s", world.run.story).anyMatch(wrong -> wrong.startsWith("step-back"));
    }

    /** A change is sent on a base that is no longer current, and etcd does not compare. */
    @Test
    void anOverwriteOfAnUnseenValueIsNoticed() {
        World world = World.inMemory(Flag.of(Flag.NO_COMPARE_AND_SWAP));
        write(world, KEY, "first");
        assertThat(world.settle(150)).isTrue();
        world.postgres.transact(List.of(new PostgresSide.Write(KEY, "local")));
        world.pgSource.run();
        write(world, KEY, "second");
        world.etcdSinks.forEach(EtcdSinkWorker::runAll);
        assertThat(world.run.wrong.stream().map(wrong -> wrong.split(":")[0])).containsExactly("overwrite", "unseen");
    }

    /** {@code RestoredEtcdTest} has histories that never come to rest. */
    @Test
    void anExceptionIsNoticed() {
        Action unknown = new Action(null, 0, 0);
        assertThat(History.run(World.inMemory(Flag.of()), List.of(unknown)))
                .singleElement()
                .asString()
                .startsWith("thrown");
    }

    // ---- outcomes in a real PostgreSQL

    private static Entry entry(long transaction, What what, long change, String content) {
        return new Entry(transaction, what, KEY, change, content);
    }

    private static List<String> outcomes(Entry... log) {
        return OutcomeLog.judge(List.of(log), Set.of(1L, 2L), Set.of(2L)).stream()
                .map(wrong -> wrong.split(":")[0])
                .toList();
    }

    @Test
    void aChangeIsConfirmedByItsEventOrTheMirrorOrItIsLost() {
        assertThat(outcomes(entry(1, What.APPLIED, 0, "x"), entry(1, What.SETTLED, 1, "x")))
                .isEmpty();
        assertThat(outcomes(entry(1, What.MIRRORED, 0, "x"), entry(2, What.SETTLED, 1, "x")))
                .isEmpty();
        assertThat(outcomes(entry(1, What.SETTLED, 1, OutcomeLog.ABSENT))).isEmpty();
        assertThat(outcomes(entry(1, What.SETTLED, 1, "x"), entry(1, What.LOST, 1, "")))
                .isEmpty();
    }

    @Test
    void aChangeThatVanishesIsNoticed() {
        assertThat(outcomes()).containsExactly("unreported");
        assertThat(outcomes(entry(1, What.SETTLED, 1, "x"))).containsExactly("unreported");
        assertThat(outcomes(entry(1, What.SETTLED, 1, "x"), entry(2, What.APPLIED, 0, "x")))
                .containsExactly("unreported");
        // etcd had this content earlier, but not at the end
        assertThat(outcomes(
                        entry(1, What.MIRRORED, 0, "x"),
                        entry(2, What.MIRRORED, 0, "y"),
                        entry(3, What.SETTLED, 1, "x")))
                .containsExactly("unreported");
        assertThat(outcomes(entry(1, What.SETTLED, 1, OutcomeLog.ABSENT), entry(2, What.SETTLED, 3, OutcomeLog.ABSENT)))
                .containsExactly("invented");
    }

    @Test
    void aSecondOutcomeIsNoticed() {
        Entry confirmed = entry(1, What.SETTLED, 1, OutcomeLog.ABSENT);
        assertThat(outcomes(confirmed, entry(2, What.LOST, 1, ""))).containsExactly("outcomes");
        assertThat(outcomes(confirmed, entry(2, What.SETTLED, 1, OutcomeLog.ABSENT)))
                .containsExactly("outcomes");
        assertThat(outcomes(confirmed, entry(2, What.LOST, 2, ""))).containsExactly("outcomes");
    }
}
