package dev.etcdpg.testing.protocol.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.protocol.postgres.ModelPostgres;
import dev.etcdpg.testing.protocol.postgres.server.RealDatabase;
import dev.etcdpg.testing.protocol.postgres.server.RealPostgres;
import dev.etcdpg.testing.protocol.run.Layouts;
import dev.etcdpg.testing.protocol.world.EtcdSinkSide;
import dev.etcdpg.testing.protocol.world.PgSinkSide;
import dev.etcdpg.testing.protocol.world.World;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Dispatch locks a key's row of the mirror before it reads what is in flight, so that it does not decide on what a transaction of the sink is
 * about to change. Here one is not committed yet: it confirms a deletion, and found no other change of the key. Then the key is inserted
 * again. Each history is run with the rule, and ends well, and without it. Nothing is swept: the sweep would find what was forgotten, minutes
 * later.
 */
class LockedMirrorIT {

    private static final String KEY = Layouts.KEYS.get(0);
    private static final String RULE = "for update skip locked) l;\n  insert into etcd_dispatch_queue";
    private static final String WITHOUT = ") l;\n  insert into etcd_dispatch_queue";
    private static final String SWEEP =
            "if (select count(*) from (select from etcd_dispatch_queue limit max_keys) w) = max_keys";

    @ParameterizedTest(name = "the mirror is locked, and then read: {0}")
    @ValueSource(booleans = {true, false})
    void whatIsInsertedBesideTheConfirmationOfItsDeletionIsSent(boolean rule) throws Exception {
        try (RealDatabase database = new RealDatabase(Postgres.shared())) {
            database.change(SqlAblationIT.changed(
                    "R__2_dispatch", new String[] {SWEEP, RULE}, new String[] {"if true", rule ? RULE : WITHOUT}));
            try (World world = new World(Set.of(), (run, authors) -> new RealPostgres(database, run, authors));
                    Connection holder = database.connect()) {
                RestoredEtcdTest.write(world, KEY, "first");
                RestoredEtcdTest.settle(world);
                world.postgres.transact(List.of(new ModelPostgres.Write(KEY, null)));
                world.pgSource.run();
                world.etcdSinks.forEach(EtcdSinkSide::runAll);
                assertThat(world.etcd.get(KEY).isLive())
                        .as("%s", world.run.story)
                        .isFalse();
                world.source.runAll();

                besideConfirmation(holder, world, () -> {
                    world.postgres.transact(List.of(new ModelPostgres.Write(KEY, "again")));
                    world.pgSource.run();
                });

                assertThat(RestoredEtcdTest.judged(world).stream()
                                .map(wrong -> wrong.split(":")[0])
                                .distinct()
                                .toList())
                        .as("%s", world.run.story)
                        .isEqualTo(rule ? List.of() : List.of("diverged", "pending"));
            }
        }
    }

    /** The sinks apply all records, and wait before they commit until this was done. */
    private static void besideConfirmation(Connection holder, World world, Runnable meanwhile) throws Exception {
        ExecutorService beside = Executors.newSingleThreadExecutor();
        try (Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            // what a sink writes last
            statement.execute("select from etcd_sink_offset for update");
            Future<?> sinks = beside.submit(() -> world.pgSinks.forEach(PgSinkSide::runAll));
            await("a sink that waits")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> count(
                                    statement,
                                    "select count(*) from pg_stat_activity where datname = current_database()"
                                            + " and pg_backend_pid() = any (pg_blocking_pids(pid))")
                            > 0);
            meanwhile.run();
            assertThat(sinks.isDone()).isFalse();
            holder.rollback();
            sinks.get(30, TimeUnit.SECONDS);
        } finally {
            beside.shutdownNow();
        }
    }

    private static long count(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
