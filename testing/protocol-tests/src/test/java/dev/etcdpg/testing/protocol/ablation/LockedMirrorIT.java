package dev.etcdpg.testing.protocol.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.postgres.server.RealDatabase;
import dev.etcdpg.testing.protocol.postgres.server.RealPostgres;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.protocol.world.EtcdSinkWorker;
import dev.etcdpg.testing.protocol.world.PgSinkWorker;
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
 * Dispatch locks the mirror row of a key before it reads the rest of the key's state. Otherwise it decides on state that an uncommitted
 * transaction of the sink changes. In this history, such a transaction confirms a deletion and has found no other change of the key, and then
 * an application inserts the key again. The history ends well with the rule, and fails without the rule. The sweep is switched off, because it
 * would find the forgotten change minutes later.
 */
class LockedMirrorIT {

    private static final String KEY = WorldLayout.KEYS.get(0);
    private static final String RULE = "for update skip locked) l;\n  insert into etcd_dispatch_queue";
    private static final String WITHOUT = ") l;\n  insert into etcd_dispatch_queue";
    private static final String SWEEP =
            "if (select count(*) from (select from etcd_dispatch_queue limit max_keys) w) = max_keys";

    @ParameterizedTest(name = "the mirror is locked, and then read: {0}")
    @ValueSource(booleans = {true, false})
    void anInsertDuringTheConfirmationOfItsDeletionIsSent(boolean rule) throws Exception {
        try (RealDatabase database = new RealDatabase(Postgres.shared())) {
            database.change(SqlAblationIT.changed(
                    "R__2_dispatch", new String[] {SWEEP, RULE}, new String[] {"if true", rule ? RULE : WITHOUT}));
            try (World world = new World(Set.of(), (run, authors) -> new RealPostgres(database, run, authors));
                    Connection holder = database.connect()) {
                RestoredEtcdTest.write(world, KEY, "first");
                RestoredEtcdTest.settle(world);
                world.postgres.transact(List.of(new PostgresSide.Write(KEY, null)));
                world.pgSource.run();
                world.etcdSinks.forEach(EtcdSinkWorker::runAll);
                assertThat(world.etcd.get(KEY).isLive())
                        .as("%s", world.run.story)
                        .isFalse();
                world.source.runAll();

                besideConfirmation(holder, world, () -> {
                    world.postgres.transact(List.of(new PostgresSide.Write(KEY, "again")));
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

    /** Runs the sinks until they are about to commit, then runs {@code meanwhile}, then lets the sinks commit. */
    private static void besideConfirmation(Connection holder, World world, Runnable meanwhile) throws Exception {
        ExecutorService beside = Executors.newSingleThreadExecutor();
        try (Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            // the sink writes this table last
            statement.execute("select from etcd_sink_offset for update");
            Future<?> sinks = beside.submit(() -> world.pgSinks.forEach(PgSinkWorker::runAll));
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
