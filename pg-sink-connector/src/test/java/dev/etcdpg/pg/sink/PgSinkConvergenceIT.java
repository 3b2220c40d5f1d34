package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.servers.Postgres;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs random histories with open transactions, crashes, lost records and new epochs. Both sides must be equal at the end. */
class PgSinkConvergenceIT {

    private static final int RUNS = Integer.getInteger("etcdpg.runs", 4);
    private static final long SEED = Long.getLong("etcdpg.seed", 1);

    private final Postgres postgres = Postgres.shared();

    @ParameterizedTest
    @CsvSource({"etcd-wins, true", "etcd-wins, false", "postgres-wins, true"})
    void bothSidesBecomeEqual(String policy, boolean foreigners) throws SQLException {
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            run(policy, foreigners, seed);
        }
    }

    private void run(String policy, boolean foreigners, long seed) throws SQLException {
        try (Bench b = new Bench(postgres, "conflict.policy", policy)) {
            Random random = new Random(seed);
            ProtocolWorld world = new ProtocolWorld(b, random);
            try {
                int steps = 40 + random.nextInt(160);
                for (int i = 0; i < steps; i++) {
                    step(world, random.nextInt(100), foreigners);
                }
                world.settle();
                assertThat(b.rows(
                                "select key || '=' || value || '@' || mod_revision || ' ' || create_revision || ' ' || version"
                                        + " from public.etcd order by key"))
                        .isEqualTo(world.held());
                assertThat(b.rows("select key from etcd_sync.etcd_mirror where status is not null"))
                        .isEmpty();
                assertThat(b.rows("select key from public.etcd full join etcd_sync.etcd_mirror m using (key)"
                                + " where m.revision is distinct from 0 and m.revision is distinct from mod_revision"))
                        .isEmpty();
                assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
                assertThat(b.rows("select route from etcd_sync.etcd_untrusted_range"))
                        .isEmpty();
                if (!foreigners) {
                    assertThat(b.conflicts()).isEmpty();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        policy + " seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", world.trace), e);
            } finally {
                world.close();
            }
        }
    }

    private static void step(ProtocolWorld world, int x, boolean foreigners) throws SQLException {
        if (x < 22) {
            world.local();
        } else if (x < 40) {
            world.endTransaction();
        } else if (x < 50) {
            if (foreigners) {
                world.foreignWrite();
            }
        } else if (x < 65) {
            world.send();
        } else if (x < 92) {
            world.deliver(1 + world.random.nextInt(4));
        } else if (x < 94) {
            world.crash();
        } else if (x < 96) {
            world.snapshot(false);
        } else if (x < 97) {
            world.snapshot(true);
        } else if (x < 98) {
            world.loseRecords();
        }
    }
}
