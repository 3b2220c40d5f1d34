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
 * The same histories, fewer of them, with a real PostgreSQL: what decides there is the triggers, dispatch and the sink's own SQL. Settings as
 * of {@link HistoriesTest}. Without the scenes in which PostgreSQL is restored: a backup of a server and the way back take seconds, which is too
 * long for hundreds of histories; what a restored one must do is decided by send numbers and offsets, which are the same in memory. A sink's
 * session ends in the midst of a transaction or between two; that a commit is done and not answered happens in memory only.
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
                .filter(scene -> SCENE.isEmpty() || scene.name().equals(SCENE))
                .toList();
        return Histories.in(scenes, LONGEST, SEED);
    }
}
