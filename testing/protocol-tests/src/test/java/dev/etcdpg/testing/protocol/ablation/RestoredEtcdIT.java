package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.ablation.RestoredEtcdTest.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.protocol.postgres.server.RealDatabase;
import dev.etcdpg.testing.protocol.postgres.server.RealPostgres;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.world.World;
import dev.etcdpg.testing.servers.Postgres;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history of {@link RestoredEtcdTest} with a real PostgreSQL, because SQL decides about the rule. */
class RestoredEtcdIT {

    private static final String RULE = "when $2 > 0 then $1";

    @ParameterizedTest(name = "a revision is of the epoch in which it was mirrored: {0}")
    @ValueSource(booleans = {true, false})
    void aChangeInTheNewEpochIsNotBasedOnTheOldEpoch(boolean rule) throws Exception {
        Set<Flag> flags = Flag.of(Flag.LOCKED, Flag.ETCD_RESTORE);
        try (RealDatabase database = new RealDatabase(Postgres.shared())) {
            if (!rule) {
                database.change(SqlAblationIT.changed(
                        "R__2_dispatch", new String[] {RULE}, new String[] {"when false then $1"}));
            }
            try (World world = new World(flags, (run, authors) -> new RealPostgres(database, run, authors))) {
                RestoredEtcdTest.restoreWhileARowIsHeld(world);

                assertThat(world.etcd.get(KEY).isValue(rule ? "after" : "local"))
                        .as("%s", world.run.story)
                        .isTrue();
                assertThat(RestoredEtcdTest.judged(world).stream()
                                .map(wrong -> wrong.split(":")[0])
                                .toList())
                        .as("%s", world.run.story)
                        .isEqualTo(rule ? List.of() : List.of("unseen"));
            }
        }
    }
}
