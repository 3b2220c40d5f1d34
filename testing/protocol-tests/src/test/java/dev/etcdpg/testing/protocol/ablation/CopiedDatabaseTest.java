package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.run.Flag.COPIED_DATABASE;
import static dev.etcdpg.testing.protocol.run.Flag.NO_CONTRADICTION;
import static dev.etcdpg.testing.protocol.run.Flag.NO_DATABASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.protocol.world.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A copy of the database sends under the origin of its original, and no record names its database. The etcd sink then drops a change of the
 * original as a repeat, and answers a probe with "processed". The histories show that such an answer must not decide about the change.
 */
class CopiedDatabaseTest {

    private static final String KEY = WorldLayout.KEYS.get(0);
    /** A key of the same partition. */
    private static final String OTHER = WorldLayout.KEYS.get(2);

    /** Returns a world in which the sink has dropped a change of the original, and the answer to a probe has arrived. */
    private static World withDroppedChange(String before, Flag... flags) {
        World world = World.inMemory(Flag.of(flags));
        if (before != null) {
            RestoredEtcdTest.write(world, KEY, before);
        }
        RestoredEtcdTest.settle(world);
        world.copyDatabase();
        world.postgres.transact(List.of(new PostgresSide.Write(KEY, "local")));
        world.postgres.dispatch();
        world.run.clock.advance(Duration.ofSeconds(1));
        world.copy.transact(List.of(new PostgresSide.Write(OTHER, "of the copy")));
        world.copySource.run();
        world.pgSource.run();
        world.postgres.resync();
        RestoredEtcdTest.settle(world);
        return world;
    }

    @Test
    void aChangeOnTheMirroredBaseIsHeld() {
        World world = withDroppedChange("before", COPIED_DATABASE, NO_DATABASE);

        assertThat(world.postgres.contents().held()).as("%s", world.run.story).containsExactly(KEY);
        assertThat(world.postgres.contents().conflicts()).isZero();

        world.postgres.resolve(true);
        RestoredEtcdTest.settle(world);
        assertThat(world.etcd.get(KEY).isValue("local"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(RestoredEtcdTest.judged(world)).as("%s", world.run.story).isEmpty();
    }

    @Test
    void withoutTheRuleTheChangeIsLostThoughNobodyElseWrote() {
        World world = withDroppedChange("before", COPIED_DATABASE, NO_DATABASE, NO_CONTRADICTION);

        assertThat(world.postgres.contents().held()).as("%s", world.run.story).isEmpty();
        assertThat(world.postgres.contents().conflicts()).isEqualTo(1);
        assertThat(world.etcd.get(KEY).isValue("before")).isTrue();
    }

    /** An absent key gives no proof: another client may have deleted the key after the insert, and etcd may have been compacted. */
    @Test
    void anInsertIsLost() {
        World world = withDroppedChange(null, COPIED_DATABASE, NO_DATABASE);

        assertThat(world.postgres.contents().conflicts())
                .as("%s", world.run.story)
                .isEqualTo(1);
    }

    @Test
    void ifRecordsNameTheirDatabaseTheOriginalGetsAnOriginOfItsOwn() {
        World world = withDroppedChange("before", COPIED_DATABASE);

        assertThat(world.etcd.get(KEY).isValue("local"))
                .as("%s", world.run.story)
                .isTrue();
        assertThat(RestoredEtcdTest.judged(world)).as("%s", world.run.story).isEmpty();
    }
}
