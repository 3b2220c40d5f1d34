package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationsIT {

    private static final List<String> FILES = List.of(
            "V1__bookkeeping.sql",
            "R__0_keys.sql",
            "R__1_capture.sql",
            "R__2_dispatch.sql",
            "R__3_install.sql",
            "R__4_operate.sql",
            "R__5_history.sql");

    @Test
    void createsTheSchemaAndIsAtRestWhenRunAgain() {
        try (Db db = Db.migrated()) {
            String origin = db.one("select origin from etcd_database");
            String history =
                    "select version, description, checksum, success from etcd_schema_history order by installed_rank";
            List<String> ran = db.rows(history);
            db.migrate();
            assertThat(db.one("select origin from etcd_database")).isEqualTo(origin);
            assertThat(db.rows(history)).isEqualTo(ran);
        }
    }

    @Test
    void severalMayStartAtOnce() throws Exception {
        try (Db db = Db.empty()) {
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                Callable<Void> start = () -> {
                    db.migrate();
                    try (Db own = db.another()) {
                        own.run("select etcd_install('app', '/a/')");
                    }
                    return null;
                };
                for (Future<Void> done :
                        pool.invokeAll(Stream.generate(() -> start).limit(4).toList())) {
                    done.get();
                }
            } finally {
                pool.shutdownNow();
            }
            assertThat(db.rows("select route from etcd_route")).containsExactly("app");
            assertThat(db.number("select count(*) from etcd_schema_history where version = '1'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void theFilesMayBeRunByHandAndAreUpgradedLater() {
        try (Db db = Db.empty()) {
            db.run("create schema etcd_sync");
            FILES.forEach(db::load);
            db.run("set search_path = etcd_sync, public");
            db.run("select etcd_install('app', '/a/')");
            db.endSnapshot(10);
            db.run("insert into app (key, value) values ('/a/1', 'x')");
            assertThat(db.dispatch()).isEqualTo(1);
            String origin = db.one("select origin from etcd_database");

            db.migrate();

            assertThat(db.one("select origin from etcd_database")).isEqualTo(origin);
            assertThat(db.inflight()).containsExactly("/a/1 put x 0");
        }
    }

    @Test
    void aSchemaThatHoldsOtherThingsIsNoHindrance() {
        try (Db db = Db.empty()) {
            db.run("create schema etcd_sync; create table etcd_sync.of_somebody_else (x int)");
            db.migrate();
            assertThat(db.number("select count(*) from etcd_database")).isEqualTo(1);
        }
    }

    @Test
    void theFilesAreTheseAndNoOthers() throws Exception {
        Path folder = Path.of("src/main/resources", Migrations.LOCATION);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(FILES.stream(), Stream.of("install.sql", "grants.sql"))
                                    .toList());
            assertThat(Files.readString(folder.resolve("install.sql")).lines().filter(line -> line.strip()
                            .startsWith("\\ir ")))
                    .containsExactlyElementsOf(FILES.stream()
                            .map(file -> (file.startsWith("V") ? "  " : "") + "\\ir " + file)
                            .toList());
        }
    }
}
