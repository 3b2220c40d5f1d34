package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.testing.servers.PsqlScript;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs install.sql with psql if the machine has psql, and with {@link PsqlScript}. */
class InstallByHandIT {

    private static final Path SCRIPT = Path.of("src/main/resources", Migrations.LOCATION, "install.sql");

    /** Lists the functions and columns of a schema. Both parameters are the name of the schema. */
    private static final String OBJECTS =
            """
            select * from (
              select p.oid::regprocedure::text as name, replace(p.prosrc || p.proconfig::text, n.nspname, 'schema') as body
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = ?
              union all
              select c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || coalesce(col_description(c.oid, a.attnum), '')
              from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = ? and a.attnum > 0 and c.relname not like 'etcd_schema_history%') o
            order by name""";

    enum Runner {
        PSQL {
            @Override
            void run(Db db, Map<String, String> variables) throws Exception {
                assumeThat(isOnPath()).isTrue();
                URI url = URI.create(Db.server().jdbcUrl(db.database).substring("jdbc:".length()));
                List<String> command = new ArrayList<>(List.of(
                        "psql",
                        "-X",
                        "-q",
                        "-h",
                        url.getHost(),
                        "-p",
                        Integer.toString(url.getPort()),
                        "-U",
                        Db.server().user(),
                        "-d",
                        db.database,
                        "-f",
                        SCRIPT.toString()));
                variables.forEach((name, value) -> command.addAll(List.of("-v", name + "=" + value)));
                ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
                builder.environment()
                        .put("PGPASSWORD", String.valueOf(Db.server().password()));
                Process psql = builder.start();
                String output = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(psql.waitFor(1, TimeUnit.MINUTES)).isTrue();
                if (psql.exitValue() != 0) {
                    throw new IllegalStateException(output);
                }
            }

            private boolean isOnPath() {
                for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
                    if (Files.isExecutable(Path.of(folder, "psql"))) {
                        return true;
                    }
                }
                return false;
            }
        },
        JDBC {
            @Override
            void run(Db db, Map<String, String> variables) throws Exception {
                try (Db session = db.another()) {
                    new PsqlScript(session.connection, variables).run(SCRIPT);
                }
            }
        };

        abstract void run(Db db, Map<String, String> variables) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void createsWhatTheMigrationsCreate(Runner runner) throws Exception {
        try (Db db = Db.empty();
                Db migrated = Db.migrated()) {
            runner.run(db, Map.of());
            assertThat(db.rows(OBJECTS, "etcd_sync", "etcd_sync"))
                    .hasSizeGreaterThan(100)
                    .isEqualTo(migrated.rows(OBJECTS, "etcd_sync", "etcd_sync"));
            assertThat(db.rows("select * from etcd_route")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void installsARouteAndMayBeRunAgain(Runner runner) throws Exception {
        try (Db db = Db.empty()) {
            Map<String, String> variables = Map.of("prefix", "/a/", "route", "app");
            runner.run(db, variables);
            db.endSnapshot(10);
            db.run("insert into app (key, value) values ('/a/1', 'x')");
            assertThat(db.dispatch()).isEqualTo(1);
            String origin = db.one("select origin from etcd_database");
            runner.run(db, variables);
            db.migrate();
            assertThat(db.one("select origin from etcd_database")).isEqualTo(origin);
            assertThat(db.inflight()).containsExactly("/a/1 put x 0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyNameMayBeChosen(Runner runner) throws Exception {
        try (Db db = Db.empty()) {
            db.run("create schema \"My Tables\"");
            runner.run(
                    db,
                    Map.of(
                            "schema",
                            "My \"Sync\"",
                            "prefix",
                            "/it's/",
                            "route",
                            "r-1",
                            "table_schema",
                            "My Tables",
                            "table_name",
                            "Config"));
            db.run("insert into \"My Tables\".\"Config\" (key, value) values ('/it''s/1', 'x')");
            assertThat(db.rows("select route, key, value from \"My \"\"Sync\"\"\".etcd_wal"))
                    .containsExactly("r-1 /it's/1 x");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfAnInstallationThatFails(Runner runner) throws Exception {
        try (Db db = Db.empty()) {
            db.run("create table public.app (key text primary key)");
            assertThatThrownBy(() -> runner.run(db, Map.of("prefix", "/a/", "route", "app")))
                    .hasMessageContaining("cannot mirror route app");
            assertThat(db.rows("select 1 from pg_namespace where nspname = 'etcd_sync'"))
                    .isEmpty();
        }
    }
}
