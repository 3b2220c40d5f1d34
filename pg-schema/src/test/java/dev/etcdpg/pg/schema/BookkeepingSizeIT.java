package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures the sizes of the bookkeeping tables while changes come and are settled without a pause. Autovacuum runs with its defaults. */
@Tag("benchmark")
class BookkeepingSizeIT {

    private static final int KEYS = 10_000;
    private static final int CHANGES_PER_ROUND = 1_000;
    private static final int ROUNDS = Integer.getInteger("bloat.rounds", 1_000);

    private static final List<String> TABLES =
            List.of("etcd_wal", "etcd_mirror", "etcd_dispatch_queue", "etcd_dispatch_state");

    @Test
    void staysWithinBounds() {
        try (Db db = Db.installed()) {
            db.run("insert into app (key, value) select '/a/' || i, '0' from generate_series(1, " + KEYS + ") i");
            db.dispatch();
            settle(db, 1);
            print(db, 0);
            for (int round = 1; round <= ROUNDS; round++) {
                db.run("update app set value = (value::int + 1)::text where key in (select '/a/' || (1 + random() * "
                        + (KEYS - 1) + ")::int from generate_series(1, " + CHANGES_PER_ROUND + "))");
                db.dispatch();
                settle(db, 1 + round);
                if (round % (ROUNDS / 10) == 0) {
                    print(db, round);
                }
            }
            assertThat(db.wal()).isEmpty();
            for (String table : TABLES) {
                assertThat(size(db, table)).as("bytes of " + table).isLessThan(200L << 20);
            }
        }
    }

    /** Settles all changes in flight as the sink does, with one statement for each table. */
    private static void settle(Db db, long revision) {
        db.begin();
        db.run("set local etcd_sync.applying = 'on'");
        db.run(
                "delete from etcd_wal w using etcd_mirror m where w.route = m.route and w.key = m.key and m.status = 'inflight'"
                        + " and w.id <= m.change_id");
        db.run("update app set mod_revision = " + revision + ", create_revision = 1, version = 1 from etcd_mirror m"
                + " where m.key = app.key and m.status = 'inflight'");
        db.run("update etcd_mirror set epoch = base_epoch, revision = " + revision
                + ", value_hash = sent_hash, create_revision = 1, applied_epoch = base_epoch, applied_revision = "
                + revision
                + ", version = 1, settled_id = change_id, status = null, change_id = null, sent_op = null, sent_value = null,"
                + " sent_hash = null, send_number = null, probe_number = null, next_action = null, base_epoch = null,"
                + " base_revision = null where status = 'inflight'");
        db.commit();
    }

    private static void print(Db db, int round) {
        StringBuilder line =
                new StringBuilder("PostgreSQL " + Db.VERSION + ", " + round * CHANGES_PER_ROUND + " changes:");
        for (String table : TABLES) {
            line.append(' ')
                    .append(table)
                    .append(' ')
                    .append(size(db, table) / 1024)
                    .append(" kB");
        }
        System.out.println(line);
    }

    private static long size(Db db, String table) {
        return db.number("select pg_total_relation_size('" + table + "')");
    }
}
