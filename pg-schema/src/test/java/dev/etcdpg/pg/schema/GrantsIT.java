package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.PsqlScript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that grants.sql and the files of config-examples/security grant the rights that each role needs, and no others. */
class GrantsIT {

    private static final Path SCRIPT = Path.of("src/main/resources", Migrations.LOCATION, "grants.sql");
    private static final Path EXAMPLES = Path.of("../config-examples/security");

    private final List<String> roles = new ArrayList<>();
    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
        db.run("revoke all on schema public from public");
    }

    @AfterEach
    void drop() {
        for (String role : roles) {
            db.run("drop owned by " + role + "; drop role " + role);
        }
        db.close();
    }

    /** Runs an example file, which creates the role. */
    private String created(String name) throws Exception {
        String role = name + "_" + db.database;
        roles.add(role);
        try (Db session = db.another()) {
            // the second run grants the same rights again
            new PsqlScript(session.connection, Map.of("role", role)).run(EXAMPLES.resolve("postgres-" + name + ".sql"));
            new PsqlScript(session.connection, Map.of("role", role)).run(EXAMPLES.resolve("postgres-" + name + ".sql"));
        }
        return role;
    }

    private Db as(String role) {
        Db session = db.another();
        session.run("set session authorization " + role);
        return session;
    }

    private void work(Db app, Db source, Db sink, String author) {
        app.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y')");
        assertThat(source.one("select * from etcd_repair_sequences()")).isEqualTo("0 0");
        assertThat(source.one("select etcd_want_notifications()")).isEqualTo("f");
        source.run("select etcd_raise_last_number(5)");
        assertThat(source.dispatch()).isEqualTo(2);
        assertThat(source.rows("select key, value, author from etcd_sends(0, 10)"))
                .containsExactly("/a/1 x " + author, "/a/2 y " + author);
        sink.confirm("/a/1", 100);
        sink.mirror("/a/3", "z", 10, 101);
        sink.run("select etcd_notify()");
        source.run("select etcd_sweep()");
        assertThat(app.rows("select key, value, mod_revision from app order by key"))
                .containsExactly("/a/1 x 100", "/a/2 y 0", "/a/3 z 101");
    }

    @Test
    void sinkAndSourceCanDoTheirWorkWithRolesOfTheirOwn() throws Exception {
        String application = created("application");
        try (Db app = as(application);
                Db source = as(created("source"));
                Db sink = as(created("sink"))) {
            work(app, source, sink, application);
            assertThat(source.rows("select etcd_missing_rights('source')")).isEmpty();
            assertThat(sink.rows("select etcd_missing_rights('sink')")).isEmpty();
            assertThatThrownBy(() -> source.run("insert into app (key, value) values ('/a/4', 'z')"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> source.run("delete from etcd_history")).hasMessageContaining("permission denied");
            assertThatThrownBy(() -> sink.run("update etcd_dispatch_state set last_number = 0"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> sink.run("delete from etcd_history")).hasMessageContaining("permission denied");
        }
    }

    /** A new table needs rights, unless only functions of the owner use it. */
    @Test
    void eachTableIsInTheRightsOfSomebody() {
        assertThat(db.rows(
                        "select relname from pg_class where relnamespace = 'etcd_sync'::regnamespace and relkind = 'r'"
                                + " and relname not in (select relation from etcd_rights('sink') where relation is not null"
                                + " union select relation from etcd_rights('source') where relation is not null)"
                                + " and relname <> 'etcd_schema_history' order by 1"))
                .containsExactly("etcd_row_restore");
    }

    @Test
    void grantsSqlGivesTheSameRights() throws Exception {
        String connectors = "connectors_" + db.database;
        String application = "application_" + db.database;
        roles.add(connectors);
        roles.add(application);
        db.run("create role " + connectors + "; create role " + application);
        try (Db session = db.another()) {
            new PsqlScript(session.connection, Map.of("connectors", connectors, "application", application))
                    .run(SCRIPT);
        }
        try (Db app = as(application);
                Db connector = as(connectors)) {
            work(app, connector, connector, application);
            assertThat(connector.number("select etcd_resync('/a/')")).isEqualTo(1);
        }
    }

    @Test
    void anOperatorReadsTheStateAndDecidesAboutHeldChanges() throws Exception {
        try (Db operator = as(created("operator"))) {
            for (String side : new String[] {"etcd", "postgres"}) {
                hold("/a/" + side);
                assertThat(operator.one("select held from etcd_status")).isEqualTo("1");
                assertThat(operator.rows("select key, reason from etcd_pending where status = 'held'"))
                        .containsExactly("/a/" + side + " changed in etcd");
                operator.one("select etcd_resolve('/a/" + side + "', '" + side + "')");
                assertThat(operator.one("select held from etcd_status")).isEqualTo("0");
            }
            assertThat(db.rows("select key, value, mod_revision from app order by key"))
                    .containsExactly("/a/etcd x 7", "/a/postgres mine 7");
            assertThat(db.rows("select key from etcd_wal")).containsExactly("/a/postgres");
            assertThat(operator.rows("select key, reason from etcd_conflict"))
                    .singleElement()
                    .asString()
                    .contains("given up by operator_");
            assertThat(operator.rows("select * from etcd_differences('app')")).isEmpty();
            assertThat(operator.number("select etcd_resync('/a/')")).isEqualTo(1);
            assertThat(operator.number("select etcd_new_epoch('app')")).isPositive();
            assertThat(operator.one("select etcd_restore_row('/a/etcd')")).isEqualTo("f");
            db.run(
                    "insert into etcd_sink_source (topic, partition, name, cluster_id, through_number) values ('t', 0, 's', 'c', 5)");
            assertThat(operator.number("select etcd_accept_source('t', 's')")).isEqualTo(1);
            assertThat(operator.rows("select etcd_missing_rights('operator')")).isEmpty();
        }
        assertThat(db.rows("select * from etcd_row_restore")).isEmpty();
    }

    @Test
    void anOperatorWritesNothing() throws Exception {
        db.mirror("/a/1", "x", 10, 7);
        try (Db operator = as(created("operator"))) {
            for (String statement : new String[] {
                "insert into app (key, value) values ('/a/1', 'x')",
                "update etcd_mirror set status = null",
                "delete from etcd_wal",
                "delete from etcd_history",
                "update etcd_request set reason = ''",
                "insert into etcd_row_restore values (pg_current_xact_id())",
                "select etcd_write_mirrored_row('app', '/a/1')",
                "select etcd_uninstall('app')",
                "select etcd_become_original()"
            }) {
                assertThatThrownBy(() -> operator.run(statement))
                        .as(statement)
                        .hasMessageContaining("permission denied");
            }
        }
    }

    /** An operator who may also write the table cannot write past the triggers. */
    @Test
    void theMarkerIsWorthNothingToAnOperator() throws Exception {
        String role = created("operator");
        db.run("select etcd_grant_to_application('" + role + "')");
        hold("/a/1");
        try (Db operator = as(role)) {
            operator.run("set etcd_sync.applying = on");
            operator.begin();
            operator.one("select etcd_resolve('/a/1', 'etcd')");
            operator.run("set etcd_sync.applying = on");
            operator.run("update app set value = 'mine'");
            operator.commit();
            assertThatThrownBy(() -> operator.run("update app set mod_revision = 99"))
                    .hasMessageContaining("come from etcd and are read-only");
        }
        assertThat(db.rows("select key, value, author from etcd_wal")).containsExactly("/a/1 mine " + role);
    }

    /** Makes a key whose local change is held. */
    private void hold(String key) {
        db.mirror(key, "x", 10, 7);
        db.run("update app set value = 'mine' where key = '" + key + "'");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd' where key = '" + key + "'");
    }

    @Test
    void anApplicationSeesItsOwnChangesAndNoOthers() throws Exception {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'theirs'");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd'");
        db.run("select etcd_resolve('/a/1', 'etcd')");
        db.run("insert into app (key, value) values ('/a/2', 'theirs')");
        try (Db app = as(created("application"))) {
            app.run("update app set value = 'mine' where key = '/a/1'");
            assertThat(app.rows("select key, op, value, status from etcd_my_pending"))
                    .containsExactly("/a/1 put mine waiting");
            assertThat(app.rows("select key from etcd_my_conflict")).isEmpty();
            db.dispatch();
            db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd' where key = '/a/1'");
            db.run("select etcd_resolve('/a/1', 'etcd')");
            assertThat(app.rows("select key, value, won_revision from etcd_my_conflict"))
                    .containsExactly("/a/1 mine 7");
            for (String table :
                    new String[] {"etcd_wal", "etcd_mirror", "etcd_conflict", "etcd_pending", "etcd_history"}) {
                assertThatThrownBy(() -> app.run("select * from " + table)).hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void anApplicationIsToldWhyItMayNotTruncate() throws Exception {
        try (Db app = as(created("application"))) {
            assertThatThrownBy(() -> app.run("truncate app"))
                    .hasMessageContaining("the table is mirrored to etcd (route app)");
        }
    }
}
