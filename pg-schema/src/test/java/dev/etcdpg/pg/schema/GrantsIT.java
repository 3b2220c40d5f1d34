package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that grants.sql grants the rights that each role needs, and no others. */
class GrantsIT {

    private static final Path SCRIPT = Path.of("src/main/resources", Migrations.LOCATION, "grants.sql");

    private Db db;
    private String connectors;
    private String application;

    @BeforeEach
    void grant() throws Exception {
        db = Db.installed();
        connectors = "connectors_" + db.database;
        application = "application_" + db.database;
        db.run("revoke all on schema public from public");
        db.run("create role " + connectors + "; create role " + application);
        try (Db session = db.another()) {
            new PsqlScript(session, Map.of("connectors", connectors, "application", application)).run(SCRIPT);
        }
    }

    @AfterEach
    void drop() {
        for (String role : new String[] {connectors, application}) {
            db.run("drop owned by " + role + "; drop role " + role);
        }
        db.close();
    }

    private Db as(String role) {
        Db session = db.another();
        session.run("set session authorization " + role);
        return session;
    }

    @Test
    void theConnectorsCanDoTheirWork() {
        try (Db app = as(application);
                Db connector = as(connectors)) {
            app.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y')");
            assertThat(connector.one("select * from etcd_repair_sequences()")).isEqualTo("0 0");
            assertThat(connector.one("select etcd_want_notifications()")).isEqualTo("f");
            assertThat(connector.dispatch()).isEqualTo(2);
            assertThat(connector.rows("select key, value, author from etcd_sends(0, 10)"))
                    .containsExactly("/a/1 x " + application, "/a/2 y " + application);
            connector.confirm("/a/1", 100);
            connector.mirror("/a/3", "z", 10, 101);
            connector.run("select etcd_sweep(); select etcd_notify()");
            assertThat(connector.rows("select key, value, mod_revision from app order by key"))
                    .containsExactly("/a/1 x 100", "/a/2 y 0", "/a/3 z 101");
            assertThat(connector.number("select etcd_resync('/a/')")).isEqualTo(1);
        }
    }

    @Test
    void anApplicationSeesItsOwnChangesAndNoOthers() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'theirs'");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd'");
        db.run("select etcd_resolve('/a/1', 'etcd')");
        db.run("insert into app (key, value) values ('/a/2', 'theirs')");
        try (Db app = as(application)) {
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
    void anApplicationIsToldWhyItMayNotTruncate() {
        try (Db app = as(application)) {
            assertThatThrownBy(() -> app.run("truncate app"))
                    .hasMessageContaining("the table is mirrored to etcd (route app)");
        }
    }
}
