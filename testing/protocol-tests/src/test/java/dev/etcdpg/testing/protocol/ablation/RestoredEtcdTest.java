package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.run.Flag.ETCD_RESTORE;
import static dev.etcdpg.testing.protocol.run.Flag.LOCKED;
import static dev.etcdpg.testing.protocol.run.Flag.NO_EPOCH_OF_REVISION;
import static dev.etcdpg.testing.protocol.run.Flag.NO_OPERATOR;
import static dev.etcdpg.testing.protocol.run.Flag.NO_REFUSAL_PROOF;
import static dev.etcdpg.testing.protocol.run.Flag.NO_SNAPSHOT_PROOF;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.etcdpg.testing.protocol.etcd.EtcdClient;
import dev.etcdpg.testing.protocol.history.Verdicts;
import dev.etcdpg.testing.protocol.postgres.ModelPostgres;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Layouts;
import dev.etcdpg.testing.protocol.world.EtcdSinkSide;
import dev.etcdpg.testing.protocol.world.World;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories that random ones hardly ever come to: etcd is restored from a backup, and grows again to the very revisions that it had. Each is
 * run with a rule, and ends well, and without it.
 */
class RestoredEtcdTest {

    static final String KEY = Layouts.KEYS.get(0);
    private static final String OTHER = Layouts.KEYS.get(1);

    static void write(World world, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            world.etcd.txn(EtcdClient.write(
                            TxnRequest.newBuilder(), keysAndValues[i], ByteString.copyFromUtf8(keysAndValues[i + 1]))
                    .build());
            world.say("app: " + keysAndValues[i] + " = " + keysAndValues[i + 1] + " @" + world.epoch() + "."
                    + world.etcd.revision());
        }
    }

    static void settle(World world) {
        assertThat(world.settle(150)).as("%s", world.run.story).isTrue();
    }

    /** A world with a backup. */
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

    // ---- A revision is of the epoch in which it was mirrored

    /**
     * An application holds a row while etcd grows again until the key stands at the revision that is mirrored, with another value. The end mark
     * of the snapshot under the new epoch is applied; what the snapshot says of the key is set aside. What the application then commits was
     * built on the value from before.
     */
    static void heldMeanwhile(World world) {
        begun(world);
        write(world, KEY, "before");
        long revision = world.etcd.revision();
        settle(world);
        world.postgres.open(new ModelPostgres.Write(KEY, "local"));
        world.restoreEtcd(() -> write(world, KEY, "after"));
        assertThat(world.etcd.revision()).isEqualTo(revision);
        settle(world);
        assertThat(world.epochs()).isGreaterThan(1);
        world.postgres.end(true);
        world.pgSource.run();
        world.etcdSinks.forEach(EtcdSinkSide::runAll);
    }

    @Test
    void whatIsSentInTheNewEpochIsNotBuiltOnTheOld() {
        World world = World.inMemory(Flag.of(LOCKED, ETCD_RESTORE));
        heldMeanwhile(world);

        assertThat(world.etcd.get(KEY).isValue("after"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.postgres.look().conflicts()).isEqualTo(1);
    }

    @Test
    void elseItOverwritesWhatNobodyHasSeen() {
        World world = World.inMemory(Flag.of(LOCKED, ETCD_RESTORE, NO_EPOCH_OF_REVISION));
        heldMeanwhile(world);

        assertThat(world.etcd.get(KEY).isValue("local"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(judged(world))
                .as("%s", world.run.story)
                .singleElement()
                .asString()
                .startsWith("unseen");
    }

    // ---- What contradicts the mirror asks for a new epoch

    /** Past what the source has seen, with its last event as it remembers it: the source cannot notice. */
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
        world.postgres.transact(List.of(new ModelPostgres.Write(KEY, "local")));
        return world;
    }

    @Test
    void aRefusalOnWhatIsMirroredHealsIt() {
        World world = refused(ETCD_RESTORE, NO_OPERATOR);

        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.epochs()).isGreaterThan(1);
        assertThat(world.etcd.get(KEY).isValue("after")).isTrue();
    }

    @Test
    void elseTheChangeIsRefusedForEver() {
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
    void aSnapshotThatCannotBeOfTheMirrorsHistoryHealsIt(boolean same) {
        World world = snapshot(same, ETCD_RESTORE, NO_OPERATOR);

        assertThat(judged(world)).as("%s", world.run.story).isEmpty();
        assertThat(world.epochs()).isGreaterThan(1);
    }

    @ParameterizedTest(name = "at the same revision: {0}")
    @ValueSource(booleans = {false, true})
    void elseItIsTakenForWhatHasBeenPassed(boolean same) {
        World world = snapshot(same, ETCD_RESTORE, NO_OPERATOR, NO_SNAPSHOT_PROOF);

        assertThat(judged(world)).as("%s", world.run.story).anyMatch(wrong -> wrong.startsWith("diverged"));
    }
}
