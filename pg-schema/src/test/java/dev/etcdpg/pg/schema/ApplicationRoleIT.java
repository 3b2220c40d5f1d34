package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.etcdpg.testing.servers.PsqlScript;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/**
 * An application with the rights of config-examples/security tries to write past the triggers. The marker of the sink is on in each statement,
 * because every role can set it. Each statement is captured with its author, or refused.
 */
class ApplicationRoleIT {

    private Db db;
    private Db app;
    private String role;
    private String connectors;

    @BeforeEach
    void logIn() throws Exception {
        db = Db.installed();
        role = "app_" + db.database;
        connectors = "connectors_" + db.database;
        db.run("create role " + connectors + "; select etcd_grant_to_connectors('" + connectors + "')");
        db.mirror("/a/1", "x", 10, 7);
        db.mirror("/a/2", "y", 10, 8);
        try (Db session = db.another()) {
            new PsqlScript(session.connection, Map.of("role", role))
                    .run(Path.of("../config-examples/security/postgres-application.sql"));
        }
        app = db.another();
        app.run("set session authorization " + role + "; set search_path = public; set etcd_sync.applying = on");
    }

    @AfterEach
    void logOut() {
        app.close();
        for (String each : new String[] {role, connectors}) {
            db.run("drop owned by " + each + " cascade; drop role " + each);
        }
        db.close();
    }

    private void assertCaptured(String... changes) {
        assertThat(db.rows("select key, op, value from etcd_wal order by key, id"))
                .containsExactly(changes);
        assertThat(db.rows("select distinct author from etcd_wal")).containsExactly(role);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "insert into app (key, value) values ('/a/3', 'z') | /a/3 put z",
                "update app set value = 'z' where key = '/a/1' | /a/1 put z",
                "delete from app where key = '/a/1' | /a/1 delete -",
                "insert into app (key, value) values ('/a/1', 'z') on conflict (key) do update set value = excluded.value | /a/1 put z",
                "with gone as (delete from app where key = '/a/1' returning 1) select * from gone | /a/1 delete -",
                "do $$ begin update app set value = 'z' where key = '/a/1'; end $$ | /a/1 put z",
                "begin; set local etcd_sync.applying = on; update app set value = 'z' where key = '/a/1'; commit | /a/1 put z",
                "prepare p as update app set value = 'z' where key = '/a/1'; execute p | /a/1 put z",
                "begin; declare c cursor for select * from app where key = '/a/1' for update; fetch c;"
                        + " update app set value = 'z' where current of c; commit | /a/1 put z",
                "update app set value = 'z', updated_at = now() from (values ('/a/1')) v (k) where key = k | /a/1 put z",
            })
    void aStatementIsCaptured(String statement, String change) {
        app.run(statement);
        assertCaptured(change);
    }

    @Test
    void mergeIsCaptured() {
        assumeThat(db.number("select current_setting('server_version_num')::int / 10000"))
                .as("PostgreSQL supports MERGE from version 15 on")
                .isGreaterThanOrEqualTo(15);
        app.run(
                "merge into app t using (values ('/a/1', 'm'), ('/a/2', null), ('/a/3', 'n')) s (key, value) on t.key = s.key"
                        + " when matched and s.value is null then delete"
                        + " when matched then update set value = s.value"
                        + " when not matched then insert (key, value) values (s.key, s.value)");
        assertCaptured("/a/1 put m", "/a/2 delete -", "/a/3 put n");
    }

    @Test
    void copyIsCaptured() throws Exception {
        app.connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy app (key, value, mod_revision) from stdin", new StringReader("/a/3\tz\t5\n"));
        assertCaptured("/a/3 put z");
        assertThat(db.one("select mod_revision from app where key = '/a/3'")).isEqualTo("0");
    }

    /** The view and the functions belong to others, who may write the bookkeeping. The role of the session decides. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "update view_of_others set value = 'z' where key = '/a/1' | /a/1 put z",
                "insert into view_of_others (key, value) values ('/a/3', 'z') | /a/3 put z",
                "select invoker() | /a/1 put z",
                "select definer() | /a/1 put z",
                "select marked_definer() | /a/1 put z",
                "insert into note values ('z') | /a/1 put z",
            })
    void aStatementThroughObjectsOfOthersIsCaptured(String statement, String change) {
        String write =
                " language plpgsql %s as $$ begin %s update public.app set value = 'z' where key = '/a/1'; return %s; end $$";
        db.run("create view public.view_of_others as select * from app");
        db.run("create function public.invoker() returns int" + write.formatted("", "", "1"));
        db.run("create function public.definer() returns int" + write.formatted("security definer", "", "1"));
        db.run("create function public.marked_definer() returns int"
                + write.formatted("security definer", "set local etcd_sync.applying = on;", "1"));
        db.run("alter function public.definer() owner to " + connectors);
        db.run("create table public.note (text text);"
                + " create function public.follow() returns trigger" + write.formatted("security definer", "", "null")
                + "; create trigger follow after insert on public.note for each row execute function public.follow()");
        db.run("grant all on public.view_of_others, public.note to " + role);
        app.run(statement);
        assertCaptured(change);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "truncate app | TRUNCATE is refused",
                "truncate app cascade | TRUNCATE is refused",
                "update app set mod_revision = 99 | come from etcd and are read-only",
                "update app set value = 'z', lease = 99 | come from etcd and are read-only",
                "insert into app (key, value) values ('/b/1', 'z') | outside of route app",
                "update app set key = '/b/1' where key = '/a/1' | outside of route app",
                "set session_replication_role = replica; delete from app | permission denied",
                "alter table app disable trigger all | must be owner",
                "alter table app disable trigger zz_etcd_update | must be owner",
                "drop trigger zz_etcd_update on app | must be owner",
                "create rule r as on update to app do instead nothing | must be owner",
                "alter table app add column c int | must be owner",
                "create or replace function etcd_sync.etcd_is_sink_write() returns boolean language sql as 'select true' | permission denied",
                "alter function etcd_sync.etcd_is_sink_write() owner to current_user | must be owner",
                "grant update on etcd_sync.etcd_mirror to current_user | permission denied",
                "select etcd_sync.etcd_grant_to_connectors(current_user) | permission denied",
                "insert into etcd_sync.etcd_row_restore values (pg_current_xact_id()) | permission denied",
                "select etcd_sync.etcd_write_mirrored_row('app', '/a/1') | permission denied",
                "select etcd_sync.etcd_resolve('/a/1', 'etcd') | permission denied",
                "delete from etcd_sync.etcd_wal | permission denied",
                "update etcd_sync.etcd_my_pending set value = 'z' | cannot update view",
                "select etcd_sync.etcd_uninstall('app') | permission denied",
            })
    void aStatementIsRefused(String statement, String message) {
        assertThatThrownBy(() -> app.run(statement)).hasMessageContaining(message);
        assertThat(db.wal()).isEmpty();
        assertThat(db.rows("select key, value, mod_revision from app order by key"))
                .containsExactly("/a/1 x 7", "/a/2 y 8");
    }

    @Test
    void theRoleOfTheConnectorsCannotBeTaken() {
        assertThatThrownBy(() -> app.run("set role " + connectors)).hasMessageContaining("permission denied");
        assertThatThrownBy(() -> app.run("select set_config('role', '" + connectors + "', false)"))
                .hasMessageContaining("permission denied");
        app.run("update app set value = 'z' where key = '/a/1'");
        assertCaptured("/a/1 put z");
    }
}
