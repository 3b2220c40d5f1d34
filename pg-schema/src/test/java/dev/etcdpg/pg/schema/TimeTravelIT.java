package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests etcd_get, etcd_at and etcd_log. */
class TimeTravelIT {

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
        db.run("insert into etcd_first_snapshot (route, epoch, partition, after_key, through_key, revision)"
                + " select 'app', 10, p, '', '', 1 from generate_series(0, 3) p");
    }

    @AfterEach
    void close() {
        db.close();
    }

    private void entry(String key, long epoch, long revision, String value, long created, long version, boolean found) {
        db.rows(
                "insert into etcd_history (route, key, epoch, revision, op, value, create_revision, version, origin, from_snapshot)"
                        + " select r.route, ?, ?, ?, ?, ?, ?, ?, 'etcd', ? from etcd_route r where starts_with(?, r.prefix) returning 1",
                key,
                epoch,
                revision,
                value == null ? "delete" : "put",
                value,
                created,
                version,
                found,
                key);
    }

    private void put(String key, long epoch, long revision, String value, long created, long version) {
        entry(key, epoch, revision, value, created, version, false);
    }

    private void delete(String key, long epoch, long revision) {
        entry(key, epoch, revision, null, 0, 0, false);
    }

    @Test
    void anyRevisionHasAState() {
        put("/a/1", 10, 5, "x", 5, 1);
        put("/a/1", 10, 7, "y", 5, 2);
        delete("/a/1", 10, 9);
        assertThat(db.one("select op, value, complete from etcd_get('/a/1', 4)"))
                .isEqualTo("- - t");
        assertThat(db.one("select op, value, mod_revision, complete from etcd_get('/a/1', 6)"))
                .isEqualTo("put x 5 t");
        assertThat(db.one("select op, value, mod_revision, version, in_epoch, gap from etcd_get('/a/1', 8)"))
                .isEqualTo("put y 7 2 10 -");
        assertThat(db.one("select op, value, mod_revision from etcd_get('/a/1', 9)"))
                .isEqualTo("delete - 9");
        assertThat(db.one("select op, value, mod_revision from etcd_get('/a/1')"))
                .isEqualTo("delete - 9");
    }

    @Test
    void beforeTheFirstSnapshotNothingIsCertain() {
        db.run("update etcd_first_snapshot set revision = 20");
        entry("/a/1", 10, 15, "x", 12, 3, true);
        put("/a/2", 10, 25, "y", 25, 1);
        assertThat(db.one("select value, complete from etcd_get('/a/1', 15)")).isEqualTo("x t");
        assertThat(db.one("select value, complete, gap from etcd_get('/a/1', 14)"))
                .startsWith("- f revisions before 15 may be missing");
        assertThat(db.one("select complete, gap from etcd_get('/a/2', 19)")).startsWith("f revisions before 20");
        assertThat(db.one("select complete from etcd_get('/a/2', 20)")).isEqualTo("t");
        assertThat(db.rows("select key, op, complete from etcd_at('/a/', 16)"))
                .containsExactly("/a/1 put t", "/a/2 - f");
        db.run("delete from etcd_first_snapshot");
        assertThat(db.one("select complete, gap from etcd_get('/a/none')"))
                .isEqualTo("f the first snapshot of the epoch has not ended");
    }

    @Test
    void theLogSaysWhereRevisionsAreMissing() {
        put("/a/1", 10, 5, "x", 5, 1);
        entry("/a/1", 10, 17, "y", 5, 4, true);
        put("/a/1", 10, 18, "z", 5, 5);
        entry("/a/1", 10, 30, null, 0, 0, true);
        assertThat(db.rows("select revision, op, value, note from etcd_log('/a/1')"))
                .containsExactly(
                        "5 put x -",
                        "- gap - revisions between 5 and 17 may be missing: etcd had compacted them, or their records were lost",
                        "17 put y a snapshot found this revision",
                        "18 put z -",
                        "- gap - revisions between 18 and 30 may be missing: etcd had compacted them, or their records were lost",
                        "30 delete - a snapshot at this revision did not find the key");
        assertThat(db.rows("select r, g.value, g.complete from generate_series(4, 31, 9) r, etcd_get('/a/1', r) g"))
                .containsExactly("4 - t", "13 x f", "22 z f", "31 - t");
    }

    /** The version of a key proves that the snapshot has missed nothing. */
    @Test
    void aSnapshotThatFoundTheNextVersionLeavesNoGap() {
        put("/a/1", 10, 5, "x", 5, 1);
        entry("/a/1", 10, 17, "y", 5, 2, true);
        assertThat(db.rows("select op from etcd_log('/a/1')")).containsExactly("put", "put");
        assertThat(db.one("select value, complete from etcd_get('/a/1', 16)")).isEqualTo("x t");
    }

    /** Records were lost, and the next event was applied before the snapshot that heals the loss. */
    @Test
    void anEventThatSkipsAVersionLeavesAGap() {
        put("/a/1", 10, 5, "x", 5, 1);
        put("/a/1", 10, 9, "y", 5, 3);
        put("/a/1", 10, 12, "z", 12, 1);
        delete("/a/2", 10, 9);
        assertThat(db.rows("select revision, op from etcd_log('/a/1')"))
                .containsExactly("5 put", "- gap", "9 put", "- gap", "12 put");
        assertThat(db.rows("select revision, op from etcd_log('/a/2')")).containsExactly("- gap", "9 delete");
    }

    @Test
    void aRestoredEtcdRepeatsRevisionsInAnotherEpoch() {
        put("/a/1", 10, 5, "x", 5, 1);
        put("/a/1", 10, 7, "lost by the restore", 5, 2);
        put("/a/2", 10, 8, "lost by the restore", 8, 1);
        entry("/a/1", 20, 5, "x", 5, 1, true);
        entry("/a/2", 20, 6, null, 0, 0, true);
        put("/a/1", 20, 7, "y", 5, 2);
        // the old epoch is current until each range has a snapshot of the new one
        assertThat(db.one("select value, in_epoch from etcd_get('/a/1', 7)")).isEqualTo("lost by the restore 10");
        db.endSnapshot(20);
        db.run(
                "insert into etcd_first_snapshot select route, 20, partition, after_key, through_key, 6 from etcd_first_snapshot");
        assertThat(db.one("select value, in_epoch, complete from etcd_get('/a/1', 7)"))
                .isEqualTo("y 20 t");
        assertThat(db.one("select value, in_epoch from etcd_get('/a/1', 7, 10)"))
                .isEqualTo("lost by the restore 10");
        assertThat(db.rows("select key, value from etcd_at('/a/', 8)")).containsExactly("/a/1 y");
        assertThat(db.rows("select key, value from etcd_at('/a/', 8, 10)"))
                .containsExactly("/a/1 lost by the restore", "/a/2 lost by the restore");
        assertThat(db.rows("select in_epoch, revision, op from etcd_log('/a/1')"))
                .containsExactly("10 5 put", "10 7 put", "20 - gap", "20 5 put", "20 7 put");
        assertThat(db.rows("select in_epoch, revision, op from etcd_log('/a/1', 10)"))
                .containsExactly("10 5 put", "10 7 put");
    }

    @Test
    void severalRoutes() {
        db.run("select etcd_install('other', '/b/')");
        put("/a/1", 10, 5, "x", 5, 1);
        put("/b/1", 10, 6, "y", 6, 1);
        db.run("insert into etcd_mirror (route, key, applied_epoch) values ('other', '/b/1', 10)");
        assertThat(db.rows("select route, key, value, complete from etcd_at('')"))
                .containsExactly("app /a/1 x t", "other /b/1 y t");
        assertThat(db.rows("select route, key, value from etcd_at('/b/')")).containsExactly("other /b/1 y");
        assertThat(db.one("select value from etcd_get('/b/1', 6)")).isEqualTo("y");
        assertThatThrownBy(() -> db.run("select etcd_get('/c/1')")).hasMessageContaining("key \"/c/1\" is in no route");
    }

    @Test
    void aPrefixIsOfBytesAndMayBeAnyPartOfAKey() {
        for (String key : List.of("/a/", "/a/k", "/a/k/1", "/a/k%", "/a/kä", "/a/l")) {
            put(key, 10, 5, "x", 5, 1);
        }
        assertThat(db.rows("select key from etcd_at('/a/k')")).containsExactly("/a/k", "/a/k%", "/a/k/1", "/a/kä");
        assertThat(db.rows("select key from etcd_at('/a/x')")).isEmpty();
        assertThat(db.rows("select key from etcd_at('/')")).hasSize(6);
    }

    @Test
    void whoMayReadTheTableMayBeAllowedToReadItsHistory() {
        put("/a/1", 10, 5, "x", 5, 1);
        String role = "reader_" + db.database;
        db.run("create role " + role);
        try (Db reader = db.another()) {
            reader.run("set session authorization " + role);
            db.run("grant usage on schema etcd_sync to " + role + "; grant select on app to " + role);
            for (String call : List.of("etcd_get('/a/1')", "etcd_at('/a/')", "etcd_log('/a/1')")) {
                assertThatThrownBy(() -> reader.run("select * from " + call)).hasMessageContaining("permission denied");
            }
            db.run("select etcd_grant_history('" + role + "')");
            assertThat(reader.rows("select value from etcd_get('/a/1') union all select value from etcd_at('/a/')"
                            + " union all select value from etcd_log('/a/1')"))
                    .containsExactly("x", "x", "x");
            assertThatThrownBy(() -> reader.run("select * from etcd_history"))
                    .hasMessageContaining("permission denied");
            db.run("revoke select on app from " + role);
            for (String call : List.of("etcd_get('/a/1')", "etcd_at('/')", "etcd_log('/a/1')")) {
                assertThatThrownBy(() -> reader.run("select * from " + call))
                        .hasMessageContaining("may not read the history of route app");
            }
        } finally {
            db.run("drop owned by " + role + "; drop role " + role);
        }
    }

    /** What etcd did with two keys, and which part of it the watch has delivered. */
    private record World(
            List<TreeMap<Long, String>> truth, boolean[] hidden, boolean[] delivered, long first, long last) {

        /** Returns whether nothing was hidden from here to the next event of the key. */
        private boolean isKnown(int k, long revision) {
            Long next = truth.get(k).higherKey(revision);
            return revision >= first && !hidden[(int) revision] && (next == null || delivered[next.intValue()]);
        }
    }

    /**
     * Random histories of etcd with gaps. A complete answer must be true. Where nothing was hidden the answer must be complete. One thing cannot
     * be known, and the documents say so: a key that was created and deleted within a gap leaves no trace.
     */
    @Test
    void aCompleteAnswerIsTrue() {
        for (int seed = 1; seed <= 40; seed++) {
            db.run("delete from etcd_history; delete from etcd_first_snapshot");
            World world = random(new Random(seed));
            for (int k = 0; k < 2; k++) {
                String key = "/a/" + k;
                List<String> answers = db.rows(
                        "select coalesce(g.value, '-'), complete::text from generate_series(0, ?) r, etcd_get(?, r) g order by r",
                        world.last(),
                        key);
                for (int r = 0; r <= world.last(); r++) {
                    var event = world.truth().get(k).floorEntry((long) r);
                    String truth = event == null || event.getValue() == null ? "-" : event.getValue();
                    String[] answer = answers.get(r).split(" ");
                    String what = "seed " + seed + ", " + key + " at " + r + ": " + answers.get(r);
                    if (answer[1].equals("true") && !(answer[0].equals("-") && world.hidden()[r])) {
                        assertThat(answer[0]).as(what).isEqualTo(truth);
                    }
                    if (world.isKnown(k, r)) {
                        assertThat(answer[1]).as(what).isEqualTo("true");
                    }
                }
                List<String> found = db.rows(
                        "select r from generate_series(0, ?) r where (select row(value, complete)::text from etcd_get(?, r))"
                                + " is distinct from coalesce((select row(value, complete)::text from etcd_at('/a/', r) where key = ?), '(,t)')",
                        world.last(),
                        key,
                        key);
                assertThat(found).as("etcd_at and etcd_get agree, seed " + seed).isEmpty();
            }
        }
    }

    private World random(Random random) {
        int last = 30;
        List<TreeMap<Long, String>> truth = List.of(new TreeMap<>(), new TreeMap<>());
        long[] created = new long[2];
        long[] version = new long[2];
        long[] applied = new long[2];
        boolean[] mirrored = new boolean[2];
        boolean[] hidden = new boolean[last + 1];
        boolean[] delivered = new boolean[last + 1];
        long first = -1;
        boolean watching = false;
        int begun = 0;
        for (int r = 1; r <= last; r++) {
            int k = random.nextInt(2);
            String value = random.nextInt(3) == 0 ? null : "v" + r;
            boolean happens = random.nextInt(3) > 0 && (value != null || version[k] > 0);
            if (happens) {
                truth.get(k).put((long) r, value);
                created[k] = value == null ? 0 : version[k] == 0 ? r : created[k];
                version[k] = value == null ? 0 : version[k] + 1;
            }
            if (watching && happens) {
                delivered[r] = true;
                entry("/a/" + k, 10, r, value, created[k], version[k], false);
                applied[k] = r;
                mirrored[k] = value != null;
            }
            if (!watching && random.nextInt(3) == 0) {
                snapshot(truth, created, version, applied, mirrored, r);
                for (int h = begun; h < r; h++) {
                    hidden[h] = true;
                }
                first = first < 0 ? r : first;
                watching = true;
            } else if (watching && random.nextInt(6) == 0) {
                watching = false;
                begun = r + 1;
            }
        }
        if (!watching) {
            snapshot(truth, created, version, applied, mirrored, last);
            for (int h = begun; h < last; h++) {
                hidden[h] = true;
            }
            first = first < 0 ? last : first;
        }
        db.run("insert into etcd_first_snapshot (route, epoch, partition, after_key, through_key, revision)"
                + " values ('app', 10, 0, '', '', " + first + ")");
        return new World(truth, hidden, delivered, first, last);
    }

    /** Writes what a snapshot at a revision finds, as the sink does. */
    private void snapshot(
            List<TreeMap<Long, String>> truth,
            long[] created,
            long[] version,
            long[] applied,
            boolean[] mirrored,
            long at) {
        for (int k = 0; k < 2; k++) {
            var state = truth.get(k).floorEntry(at);
            boolean isLive = state != null && state.getValue() != null;
            if (isLive && state.getKey() > applied[k]) {
                entry("/a/" + k, 10, state.getKey(), state.getValue(), created[k], version[k], true);
                applied[k] = state.getKey();
            } else if (!isLive && mirrored[k]) {
                entry("/a/" + k, 10, at, null, 0, 0, true);
                applied[k] = at;
            }
            mirrored[k] = isLive;
        }
    }
}
