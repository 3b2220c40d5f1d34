package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures dispatch with 100,000 pending changes, and prints the times. A wrong plan slows dispatch by orders of magnitude. The only
 * assertion therefore has a wide limit, which a slow machine also meets. The script benchmarks/run runs this class.
 */
@Tag("benchmark")
class DispatchCostIT {

    private static final int PENDING = 100_000;

    @Test
    void staysFlat() {
        try (Db db = Db.installed()) {
            db.run("insert into app (key, value) select '/a/' || i, repeat(md5(i::text), 3) from generate_series(1, "
                    + PENDING + ") i");
            double[] calls = new double[PENDING / 1000];
            for (int i = 0; i < calls.length; i++) {
                calls[i] = millis(() ->
                        assertThat(db.one("select * from etcd_dispatch(1000)")).isEqualTo("1000 t 0"));
            }
            assertThat(db.one("select * from etcd_dispatch(1000)")).isEqualTo("0 f 0");
            print("first 10 calls of 1,000", Arrays.copyOf(calls, 10));
            print("last 10 calls of 1,000", Arrays.copyOfRange(calls, calls.length - 10, calls.length));
            print("idle call, 100,000 in flight", repeat(20, db::dispatch));
            int[] key = {0};
            print("one new change, 100,000 in flight", repeat(20, () -> {
                db.run("insert into app (key, value) values ('/a/new" + key[0]++ + "', 'v')");
                assertThat(db.dispatch()).isEqualTo(1);
            }));
            print("sends, 1,000 of 100,000", repeat(5, () -> db.rows("select number from etcd_sends(0, 1000)")));
            print("sweep, 2,000 keys", repeat(5, () -> db.run("select etcd_sweep()")));

            db.begin();
            db.run("insert into app (key, value) values ('/a/hot', '0')");
            db.commit();
            assertThat(db.dispatch()).isEqualTo(1);
            db.run(
                    "do $$ begin for i in 1..10000 loop update app set value = i where key = '/a/hot'; commit; end loop; end $$");
            print(
                    "the calls that meet 10,000 changes of one key",
                    repeat(10, () -> db.run("select etcd_dispatch(1000)")));
            assertThat(db.dispatch()).isZero();
            double[] behind = repeat(20, () -> {
                db.run("insert into app (key, value) values ('/a/new" + key[0]++ + "', 'v')");
                assertThat(db.dispatch()).isEqualTo(1);
            });
            print("one new change behind a key with 10,000", behind);
            db.confirm("/a/hot", 100);
            assertThat(db.dispatch()).isEqualTo(1);
            assertThat(db.one("select sent_value from etcd_mirror where key = '/a/hot'"))
                    .isEqualTo("10000");

            assertThat(median(Arrays.copyOfRange(calls, calls.length - 10, calls.length)))
                    .as("the last calls take less than a hundred times as long as the first calls")
                    .isLessThan(100 * median(Arrays.copyOf(calls, 10)));
        }
    }

    /** The rows are older than the installation and equal to etcd. Dispatch confirms these rows and does not send them. */
    @Test
    void existingRowsAreConfirmed() {
        try (Db db = Db.migrated()) {
            db.run(
                    "create table public.app (key text collate \"C\" primary key, value text not null, create_revision bigint default 0,"
                            + " mod_revision bigint default 0, version bigint default 0, lease bigint default 0, updated_at timestamptz)");
            db.run("insert into app (key, value) select '/a/' || i, md5(i::text) from generate_series(1, 20000) i");
            db.run("select etcd_install('app', '/a/')");
            db.run("insert into etcd_mirror (route, key, epoch, revision, value_hash, create_revision, version)"
                    + " select 'app', key, 10, 100, sha256(convert_to(value, 'UTF8')), 100, 1 from app");
            db.endSnapshot(10);
            double[] all = repeat(1, () -> assertThat(db.dispatch()).isZero());
            System.out.printf("existing rows confirmed: %.0f rows/s%n", 20_000 / (all[0] / 1000));
            assertThat(db.wal()).isEmpty();
            assertThat(db.number("select count(*) from app where mod_revision = 100"))
                    .isEqualTo(20_000);
        }
    }

    private static double[] repeat(int times, Runnable call) {
        double[] millis = new double[times];
        for (int i = 0; i < times; i++) {
            millis[i] = millis(call);
        }
        return millis;
    }

    private static double millis(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(double[] millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String what, double[] millis) {
        System.out.printf("PostgreSQL %s, %s: median %.2f ms%n", Db.VERSION, what, median(millis));
    }
}
