package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.servers.Postgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints rates, beside that of a bare upsert in the same run, and the time of a single record; asserts only what is there in the end. Run by
 * benchmarks/run.
 */
@Tag("benchmark")
class ThroughputIT {

    private static final int KEYS = Integer.getInteger("etcdpg.keys", 20_000);
    private static final int BATCH = Integer.getInteger("etcdpg.batch", 2_000);

    private final Postgres postgres = Postgres.shared();

    @Test
    void ratesAndLatency() throws SQLException {
        try (Bench b = new Bench(postgres).ready()) {
            warm(b);
            bare(b);
            load(b, "inserts", 1_000_000, 1);
            load(b, "updates", 2_000_000, 2);
            b.sql("update public.etcd set value = 'local ' || key where key like '/k/load%'");
            for (int i = 0; i < KEYS; i += 1_000) {
                b.dispatch();
            }
            assertThat(b.one("select count(*) from etcd_sync.etcd_mirror where status = 'inflight'"))
                    .isEqualTo(Integer.toString(KEYS));
            confirm(b);
            assertThat(b.one("select count(*) from public.etcd where mod_revision >= 3000000"))
                    .isEqualTo(Integer.toString(KEYS));
            assertThat(b.pending()).isEmpty();
            assertThat(b.one("select count(*) from etcd_sync.etcd_history where key like '/k/load%'"))
                    .isEqualTo(Integer.toString(3 * KEYS));
            single(b);
            snapshot(b);
            assertThat(b.one("select count(*) from public.etcd")).isEqualTo(Integer.toString(KEYS / 2));
        }
    }

    /** Measures plain upserts by arrays, in transactions of the same size, for comparison. */
    private static void bare(Bench b) throws SQLException {
        b.sql("create table bare (like public.etcd including all)");
        String upsert = "insert into bare (key, value, mod_revision) select u.key, u.value, u.revision"
                + " from unnest(?::text[], ?::text[], ?::bigint[]) as u (key, value, revision)"
                + " on conflict (key) do update set value = excluded.value, mod_revision = excluded.mod_revision"
                + " where bare.mod_revision < excluded.mod_revision";
        for (int version = 1; version <= 2; version++) {
            String value = "v".repeat(100) + version;
            long begin = System.nanoTime();
            try (Connection connection = b.connect();
                    PreparedStatement statement = connection.prepareStatement(upsert)) {
                for (int from = 0; from < KEYS; from += BATCH) {
                    List<Integer> batch = IntStream.range(from, Math.min(KEYS, from + BATCH))
                            .boxed()
                            .toList();
                    long revision = version * 1_000_000L;
                    statement.setObject(1, batch.stream().map(ThroughputIT::key).toArray(String[]::new));
                    statement.setObject(2, batch.stream().map(i -> value).toArray(String[]::new));
                    statement.setObject(3, batch.stream().map(i -> revision + i).toArray(Long[]::new));
                    statement.executeUpdate();
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            String what = version == 1 ? "bare inserts" : "bare updates";
            System.out.printf("%s: %d in %.2f s = %.0f/s%n", what, KEYS, seconds, KEYS / seconds);
        }
    }

    private static void warm(Bench b) {
        for (int i = 0; i < 200; i++) {
            b.put(b.event("/k/warm" + i % 20, "x", 100 + i, 100, 2, 0));
        }
    }

    private static void load(Bench b, String what, long revision, int version) {
        SinkRecord[] records = new SinkRecord[KEYS];
        for (int i = 0; i < KEYS; i++) {
            records[i] = b.event(key(i), "v".repeat(100) + version, revision + i, revision + i, version, 0);
        }
        put(b, what, records);
    }

    private static void confirm(Bench b) {
        SinkRecord[] records = new SinkRecord[KEYS];
        for (int i = 0; i < KEYS; i++) {
            records[i] = b.event(key(i), "local " + key(i), 3_000_000 + i, 1_000_000, 3, 0);
        }
        put(b, "confirmations", records);
    }

    private static void put(Bench b, String what, SinkRecord[] records) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long task = threads.getCurrentThreadCpuTime();
        long server = serverMillis();
        long begin = System.nanoTime();
        for (int i = 0; i < records.length; i += BATCH) {
            b.put(Arrays.copyOfRange(records, i, Math.min(records.length, i + BATCH)));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "%s: %d in %.2f s = %.0f/s, processor time of a record: task %.1f us, server %.1f us%n",
                what,
                records.length,
                seconds,
                records.length / seconds,
                (threads.getCurrentThreadCpuTime() - task) / 1e3 / records.length,
                (serverMillis() - server) * 1e3 / records.length);
    }

    /** Returns the processor time of all processes of the server, in steps of 10 ms. */
    private static long serverMillis() {
        return ProcessHandle.of(Postgres.shared().pid())
                .orElseThrow()
                .children()
                .mapToLong(ThroughputIT::millis)
                .sum();
    }

    private static long millis(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
        } catch (IOException ended) {
            return 0;
        }
    }

    private static void single(Bench b) {
        long[] times = new long[500];
        for (int i = 0; i < times.length; i++) {
            SinkRecord record = b.event(key(i), "single" + i, 4_000_000 + i, 1_000_000, 4, 0);
            long begin = System.nanoTime();
            b.put(record);
            times[i] = System.nanoTime() - begin;
        }
        Arrays.sort(times);
        System.out.printf("single update: median %.2f ms, 99%% %.2f ms%n", times[250] / 1e6, times[495] / 1e6);
    }

    /** Delivers a snapshot in pages of 1,000 keys, in which half of the keys are missing. */
    private static void snapshot(Bench b) {
        long at = 5_000_000;
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(ThroughputIT::key).sorted().toList();
        List<SinkRecord> records = new ArrayList<>();
        String after = "";
        for (int i = 0; i < KEYS; i += 2_000) {
            List<String> page = new ArrayList<>();
            for (int j = i; j < Math.min(KEYS, i + 2_000); j += 2) {
                page.add(keys.get(j));
                records.add(b.event(keys.get(j), "snapshot", at - 1, 1_000_000, 9, at));
            }
            String through = i + 2_000 >= KEYS ? "" : page.get(page.size() - 1);
            records.add(b.page(at, after, through, 1, page.toArray(String[]::new)));
            after = through;
        }
        records.add(b.end(at, 0));
        put(b, "snapshot records", records.toArray(SinkRecord[]::new));
    }

    private static String key(int i) {
        return "/k/load/" + Integer.toHexString(i * 0x9E3779B1) + i;
    }
}
