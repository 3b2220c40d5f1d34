package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.run.Flag.ETCD_RESTORE;
import static dev.etcdpg.testing.protocol.run.Flag.LOCKED;
import static dev.etcdpg.testing.protocol.run.Flag.NO_EPOCH_OF_REVISION;
import static dev.etcdpg.testing.protocol.run.Flag.NO_OPERATOR;
import static dev.etcdpg.testing.protocol.run.Flag.NO_REFUSAL_PROOF;
import static dev.etcdpg.testing.protocol.run.Flag.NO_SNAPSHOT_PROOF;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcdClient;
import dev.etcdpg.testing.protocol.history.Verdicts;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.protocol.world.EtcdSinkWorker;
import dev.etcdpg.testing.protocol.world.World;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories with a restored etcd that grows again to the revisions that it had. Random histories rarely reach this state. Each history ends
 * well with a rule, and fails without the rule.
 */
class RestoredEtcdTest {

    static final String KEY = WorldLayout.KEYS.get(0);
    private static final String OTHER = WorldLayout.KEYS.get(1);

    static void write(World world, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            world.etcd.txn(InMemoryEtcdClient.write(
                            TxnRequest.newBuilder(), keysAndValues[i], ByteString.copyFromUtf8(keysAndValues[i + 1]))
                    .build());
            world.say("app: " + keysAndValues[i] + " = " + keysAndValues[i + 1] + " @" + world.epoch() + "."
                    + world.etcd.revision());
        }
    }

    static void settle(World world) {
        assertThat(world.settle(150)).as("%s", world.run.story).isTrue();
    }

    /** Writes both keys, and makes a backup of etcd. */
    private static void begun(World world) {
        write(world, KEY, "first", OTHER, "first");
        settle(world);
        world.etcd.backUp();
    }

    static List<String> judged(World world) {
        world.drain();
        Verdicts.judge(world);
        return world.run.wrong;
    }

    // ---- A revision belongs to the epoch in which it was mirrored

    /**
     * An application holds a row while the restored etcd grows until the key is at its mirrored revision, with another value. The sink applies
     * the end mark of the snapshot in the new epoch and defers the snapshot's record of the key. The change that the application then commits
     * is based on the value from before the restore.
     */
    static void restoreWhileARowIsHeld(World world) {
        begun(world);
        write(world, KEY, "before");
        long revision = world.etcd.revision();
        settle(world);
        world.postgres.open(new PostgresSide.Write(KEY, "local"));
        world.restoreEtcd(() -> write(world, KEY, "after"));
        assertThat(world.etcd.revision()).isEqualTo(revision);
        settle(world);
        assertThat(world.epochs()).isGreaterThan(1);
        world.postgres.end(true);
        world.pgSource.run();
        world.etcdSinks.forEach(EtcdSinkWorker::runAll);
    }

    @Test
    void aChangeInTheNewEpochIsNotBasedOnTheOldEpoch() {
        World world = World.inMemory(Flag.of(LOCKED, ETCD_RESTORE));
        restoreWhileARowIsHeld(world);

        assertThat(world.etcd.get(KEY).isValue("after"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.postgres.contents().conflicts()).isEqualTo(1);
    }

    @Test
    void withoutTheRuleAChangeOverwritesAnUnseenValue() {
        World world = World.inMemory(Flag.of(LOCKED, ETCD_RESTORE, NO_EPOCH_OF_REVISION));
        restoreWhileARowIsHeld(world);

        assertThat(world.etcd.get(KEY).isValue("local"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(judged(world))
                .as("%s", world.run.story)
                .singleElement()
                .asString()
                .startsWith("unseen");
    }

    // ---- A record that contradicts the mirror leads to a new epoch

    /** Restores etcd so that the source cannot notice: etcd grows past the source's offset and has the last event that the source remembers. */
    private static World unnoticed(Set<Flag> flags, String[] before, String[] after) {
        World world = World.inMemory(flags);
        begun(world);
        write(world, before);
        write(world, OTHER, "last");
        settle(world);
        world.restoreEtcd(() -> {
            write(world, after);
            write(world, OTHER, "last", OTHER, "past it");
        });
        settle(world);
        assertThat(world.epochs()).as("%s", world.run.story).isEqualTo(1);
        return world;
    }

    private static World refused(Flag... flags) {
        World world = unnoticed(
                Flag.of(flags), new String[] {KEY, "before", OTHER, "x"}, new String[] {OTHER, "x", KEY, "after"});
        world.postgres.transact(List.of(new PostgresSide.Write(KEY, "local")));
        return world;
    }

    @Test
    void aRefusalOnTheMirroredRevisionLeadsToANewEpoch() {
        World world = refused(ETCD_RESTORE, NO_OPERATOR);

        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.epochs()).isGreaterThan(1);
        assertThat(world.etcd.get(KEY).isValue("after")).isTrue();
    }

    @Test
    void withoutTheRuleTheChangeIsRefusedForEver() {
        World world = refused(ETCD_RESTORE, NO_OPERATOR, NO_REFUSAL_PROOF);

        assertThat(judged(world)).as("%s", world.run.story).anyMatch(wrong -> wrong.startsWith("for-ever"));
    }

    private static World snapshot(boolean same, Flag... flags) {
        String[] before = same ? new String[] {KEY, "before", OTHER, "x"} : new String[] {OTHER, "x", KEY, "before"};
        World world = unnoticed(Flag.of(flags), before, new String[] {KEY, "after", OTHER, "x"});
        world.postgres.resync();
        return world;
    }

    @ParameterizedTest(name = "at the same revision: {0}")
    @ValueSource(booleans = {false, true})
    void aSnapshotThatContradictsTheMirrorLeadsToANewEpoch(boolean same) {
        World world = snapshot(same, ETCD_RESTORE, NO_OPERATOR);

        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.epochs()).isGreaterThan(1);
    }

    @ParameterizedTest(name = "at the same revision: {0}")
    @ValueSource(booleans = {false, true})
    void withoutTheRuleTheSnapshotIsSkipped(boolean same) {
        World world = snapshot(same, ETCD_RESTORE, NO_OPERATOR, NO_SNAPSHOT_PROOF);

        assertThat(judged(world)).as("%s", world.run.story).anyMatch(wrong -> wrong.startsWith("diverged"));
    }
}
