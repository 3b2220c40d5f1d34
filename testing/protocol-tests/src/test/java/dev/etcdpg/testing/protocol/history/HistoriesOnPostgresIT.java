package dev.etcdpg.testing.protocol.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.protocol.postgres.server.RealDatabase;
import dev.etcdpg.testing.protocol.postgres.server.RealPostgres;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Scene;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random histories as in {@link HistoriesTest}, with a real PostgreSQL: triggers, dispatch and the sink's own SQL decide. The scenes with a
 * restored or copied PostgreSQL are left out, because backup, restore and copy of a server take seconds. Send numbers and offsets decide about a restored
 * PostgreSQL, and they are the same in memory. A sink's session ends within a transaction or between two transactions. A commit without an
 * answer happens only in memory.
 */
class HistoriesOnPostgresIT {

    private static final long SEED = Long.getLong("histories.seed", 0);
    private static final int LONGEST = Integer.getInteger("histories.longest", 60);
    private static final String SCENE = System.getProperty("histories.scene", "");

    private static RealDatabase database;

    @BeforeContainer
    static void begin() {
        database = new RealDatabase(Postgres.shared());
    }

    @AfterContainer
    static void end() throws SQLException {
        database.close();
    }

    @Property(seed = "2", edgeCases = EdgeCasesMode.NONE)
    void everyHistoryEndsWell(@ForAll("histories") History history) {
        assertThat(database).isNotNull();
        history.mustEndWell((run, authors) -> new RealPostgres(database, run, authors));
    }

    @Provide
    Arbitrary<History> histories() {
        List<Scene> scenes = Arrays.stream(Scene.values())
                .filter(scene -> !scene.flags().contains(Flag.PG_RESTORE))
                .filter(scene -> !scene.flags().contains(Flag.COPIED_DATABASE))
                .filter(scene -> SCENE.isEmpty() || scene.name().equals(SCENE))
                .toList();
        return Histories.in(scenes, LONGEST, SEED);
    }
}
