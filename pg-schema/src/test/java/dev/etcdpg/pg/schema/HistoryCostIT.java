package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures the functions of the history and pruning on a large history, and prints the times. The keys have 100 revisions each, which lie in the
 * order of revisions, as the sink writes them. The script benchmarks/run runs this class; -Dhistory.rows=10000000 makes the history larger.
 */
@Tag("benchmark")
class HistoryCostIT {

    private static final int REVISIONS = 100;
    private static final int KEYS = Integer.getInteger("history.rows", 1_000_000) / REVISIONS;
    private static final String MIDDLE = Long.toString((long) KEYS * REVISIONS / 2);

    @Test
    void readsAndPrunesALargeHistory() {
        try (Db db = Db.installed()) {
            fill(db);
            print("etcd_get", db, "select value from etcd_get('/a/0003/0042', " + MIDDLE + ")");
            print("etcd_at, 100 keys", db, "select count(*) from etcd_at('/a/0003/', " + MIDDLE + ")");
            print("etcd_log, 100 entries", db, "select count(*) from etcd_log('/a/0003/0042')");
            print("etcd_at, all keys", db, "select count(*) from etcd_at('/a/', " + MIDDLE + ")");
            print("a piece of 500 keys, nothing to prune", db, "select etcd_prune_piece('app', null, 1000, 500, 1000)");
            print("a piece of 1,000 rows", db, "select etcd_prune_piece('app', null, 50, 500, 1000)");
            assertThat(db.number("select count(*) from etcd_history")).isLessThan((long) KEYS * REVISIONS);
        }
    }

    private static void fill(Db db) {
        db.run("alter table etcd_history drop constraint etcd_history_pkey");
        db.run(
                "insert into etcd_history (route, key, epoch, revision, op, value, create_revision, version, origin, applied_at)"
                        + " select 'app', '/a/' || lpad((k / 100)::text, 4, '0') || '/' || lpad((k % 100)::text, 4, '0'), 10, (v - 1) * "
                        + KEYS
                        + "::bigint + k + 1, 'put', repeat(md5(k::text || v), 3), k + 1, v, 'etcd', now()"
                        + " from generate_series(1, " + REVISIONS + ") v, generate_series(0, " + (KEYS - 1) + ") k");
        db.run("alter table etcd_history add primary key (route, key, epoch, revision)");
        db.run("insert into etcd_mirror (route, key, epoch, revision, value_hash, create_revision, version)"
                + " select route, key, epoch, revision, sha256(convert_to(value, 'UTF8')), create_revision, version from etcd_history"
                + " where version = " + REVISIONS);
        db.run("insert into etcd_first_snapshot (route, epoch, partition, after_key, through_key, revision)"
                + " values ('app', 10, 0, '', '', 1)");
        db.run("vacuum analyze etcd_history");
    }

    /** Calls a statement at least eleven times, and for a second. */
    private static void print(String what, Db db, String sql) {
        long process = db.number("select pg_backend_pid()");
        List<Double> millis = new ArrayList<>();
        long ticks = ticks(process);
        long begin = System.nanoTime();
        while (millis.size() < 11 || System.nanoTime() - begin < 1_000_000_000) {
            long start = System.nanoTime();
            db.rows(sql);
            millis.add((System.nanoTime() - start) / 1e6);
        }
        double processor = (ticks(process) - ticks) * 10.0 / millis.size();
        Collections.sort(millis);
        System.out.printf(
                "PostgreSQL %s, %d revisions, %s: median %.2f ms, processor time %.2f ms, mean of %d calls%n",
                Db.VERSION, KEYS * REVISIONS, what, millis.get(millis.size() / 2), processor, millis.size());
    }

    /** Returns the processor time of a process in hundredths of a second, as Linux counts it. */
    private static long ticks(long process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
