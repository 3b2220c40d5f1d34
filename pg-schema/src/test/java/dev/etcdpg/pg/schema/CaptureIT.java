package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.StringReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** Tests which changes the triggers append to etcd_wal, and which statements the triggers refuse. */
class CaptureIT {

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void appendsEveryInsertUpdateAndDelete() {
        db.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y')");
        db.run("update app set value = 'z' where key = '/a/1'");
        db.run("delete from app where key = '/a/2'");
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/1 put z", "/a/2 put y", "/a/2 delete -");
        assertThat(db.rows("select distinct author from etcd_wal"))
                .containsExactly(Db.server().user());
    }

    @Test
    void skipsRowsWhoseValueDidNotChange() {
        db.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y')");
        db.run("update app set value = 'x'");
        db.run("update app set updated_at = now()");
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/2 put y", "/a/2 put x");
    }

    @Test
    void aChangedKeyIsADeleteAndAnInsert() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set key = '/a/2'");
        assertThat(db.wal()).containsExactly("/a/1 delete -", "/a/2 put x");
        assertThat(db.one("select key, mod_revision, create_revision, version from app"))
                .isEqualTo("/a/2 0 0 0");
    }

    @Test
    void keysMayBeRotatedInOneStatement() {
        db.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y'), ('/a/3', 'z')");
        db.run("delete from etcd_wal");
        // PostgreSQL checks the primary key after each row. A row cannot get the key of a row that has not moved yet.
        // The test renames one key to an unused key, and exchanges the values of the others.
        db.run("update app set key = '/a/4' where key = '/a/3'");
        db.run("update app set value = case key when '/a/1' then 'y' else 'x' end where key in ('/a/1', '/a/2')");
        assertThat(db.wal()).containsExactly("/a/1 put y", "/a/2 put x", "/a/3 delete -", "/a/4 put z");
    }

    @Test
    void seesUpsertsAndDataModifyingCtes() {
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        db.run("insert into app (key, value) values ('/a/1', 'x2'), ('/a/2', 'y')"
                + " on conflict (key) do update set value = excluded.value");
        db.run("with gone as (delete from app where key = '/a/1' returning value)"
                + " insert into app (key, value) select '/a/3', value from gone");
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/1 put x2", "/a/1 delete -", "/a/2 put y", "/a/3 put x2");
    }

    @Test
    void seesMerge() {
        assumeThat(db.number("select current_setting('server_version_num')::int / 10000"))
                .as("PostgreSQL supports MERGE from version 15 on")
                .isGreaterThanOrEqualTo(15);
        db.run("insert into app (key, value) values ('/a/1', 'x'), ('/a/2', 'y')");
        db.run(
                "merge into app t using (values ('/a/1', 'm'), ('/a/2', null), ('/a/3', 'n')) s (key, value) on t.key = s.key"
                        + " when matched and s.value is null then delete"
                        + " when matched then update set value = s.value"
                        + " when not matched then insert (key, value) values (s.key, s.value)");
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/1 put m", "/a/2 put y", "/a/2 delete -", "/a/3 put n");
    }

    @Test
    void seesCopy() throws Exception {
        db.connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy app (key, value, mod_revision) from stdin", new StringReader("/a/1\tx\t5\n/a/2\ty\t6\n"));
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/2 put y");
        assertThat(db.rows("select distinct mod_revision from app")).containsExactly("0");
    }

    @Test
    void forgetsWhatIsRolledBack() {
        db.begin();
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        db.run("savepoint s");
        db.run("update app set value = 'y'");
        db.run("rollback to s");
        db.run("insert into app (key, value) values ('/a/2', 'z')");
        db.commit();
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/2 put z");
    }

    @Test
    void leavesTheSinksOwnWritesOut() {
        db.mirror("/a/1", "x", 10, 7);
        db.mirror("/a/1", "y", 10, 8);
        db.mirror("/a/1", null, 10, 9);
        assertThat(db.wal()).isEmpty();
    }

    @Test
    void theSinkWritesEtcdsColumns() {
        db.mirror("/a/1", "x", 10, 7);
        assertThat(db.one("select mod_revision, create_revision, version from app"))
                .isEqualTo("7 7 1");
    }

    /** The marker of the sink is set while the application's trigger writes. The marker alone would hide the trigger's change. */
    @Test
    void seesWhatAnApplicationsTriggerWritesInsideTheSinksTransaction() {
        db.run("create function follow() returns trigger language plpgsql as $$ begin"
                + " if new.key = '/a/1' then"
                + "   insert into app (key, value) values ('/a/copy', new.value) on conflict (key) do update set value = excluded.value;"
                + " end if; return null; end $$;"
                + " create trigger follow after insert or update on app for each row execute function follow()");
        db.mirror("/a/1", "x", 10, 7);
        assertThat(db.wal()).containsExactly("/a/copy put x");
        assertThat(db.one("select mod_revision from app where key = '/a/copy'")).isEqualTo("0");
    }

    @Test
    void anApplicationsTriggerThatWritesTheSameRowAgainEndsWithTheRowAsItIs() {
        db.run("create function shout() returns trigger language plpgsql as $$ begin"
                + " update app set value = upper(new.value) where key = new.key and value <> upper(new.value); return null; end $$;"
                + " create trigger shout after insert or update on app for each row execute function shout()");
        db.run("insert into app (key, value) values ('/a/1', 'quiet')");
        assertThat(db.one("select value from app")).isEqualTo("QUIET");
        // The entry of the inner statement comes first. The last entry does not have the value of the row.
        assertThat(db.wal()).containsExactly("/a/1 put QUIET", "/a/1 put quiet");
        db.dispatch();
        assertThat(db.inflight()).containsExactly("/a/1 put QUIET 0");
    }

    @Test
    void theGuardSeesWhatAnApplicationsBeforeTriggerMadeOfTheRow() {
        db.run(
                "create function move() returns trigger language plpgsql as $$ begin new.key := '/b/1'; return new; end $$;"
                        + " create trigger move before insert on app for each row execute function move()");
        assertThatThrownBy(() -> db.run("insert into app (key, value) values ('/a/1', 'x')"))
                .hasMessageContaining("outside of route app");
    }

    @Test
    void truncateIsRefused() {
        assertThatThrownBy(() -> db.run("truncate app"))
                .hasMessageContaining("0A000")
                .hasMessageContaining("TRUNCATE is refused on \"app\"");
    }

    @ParameterizedTest
    @CsvSource({"create_revision", "mod_revision", "version", "lease"})
    void etcdsColumnsAreReadOnly(String column) {
        db.run("insert into app (key, value, " + column + ") values ('/a/1', 'x', 5)");
        assertThat(db.one("select " + column + " from app")).isEqualTo("0");
        assertThatThrownBy(() -> db.run("update app set " + column + " = 3"))
                .hasMessageContaining("23514")
                .hasMessageContaining("come from etcd and are read-only");
    }

    @Test
    void updatedAtIsMaintained() {
        db.run("insert into app (key, value, updated_at) values ('/a/1', 'x', '2001-01-01')");
        assertThat(db.one("select updated_at > now() - interval '1 minute' from app"))
                .isEqualTo("t");
        db.run("update app set updated_at = '2001-01-01', value = 'y'");
        assertThat(db.one("select updated_at > now() - interval '1 minute' from app"))
                .isEqualTo("t");
    }

    @Test
    void keysOutsideOfTheRouteAreRefused() {
        for (String key : new String[] {"/b/1", "/a", "", "x/a/1"}) {
            assertThatThrownBy(() -> db.rows("insert into app (key, value) values (?, 'secret') returning 1", key))
                    .hasMessageContaining("23514")
                    .hasMessageContaining("outside of route app: its keys begin with \"/a/\"")
                    .hasMessageNotContaining("secret");
        }
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        assertThatThrownBy(() -> db.run("update app set key = '/b/1'")).hasMessageContaining("outside of route app");
    }

    @Test
    void keysTooLongAndValuesTooLargeAreRefused() {
        db.run("insert into app (key, value) values (rpad('/a/', 2048, 'k'), repeat('v', 1571840 - 3 * 2048))");
        assertThatThrownBy(() -> db.run("insert into app (key, value) values (rpad('/a/', 2049, 'k'), 'x')"))
                .hasMessageContaining("key of 2049 bytes is too long");
        assertThatThrownBy(
                        () -> db.run(
                                "insert into app (key, value) values (rpad('/a/', 2048, 'l'), repeat('v', 1571841 - 3 * 2048))"))
                .hasMessageContaining("23514")
                .hasMessageContaining("too large for etcd")
                .hasMessageNotContaining("vvvv");
        // the limit counts bytes, not characters
        assertThatThrownBy(() -> db.run("insert into app (key, value) values ('/a/1', repeat('ä', 800000))"))
                .hasMessageContaining("too large for etcd");
        assertThatThrownBy(() -> db.run("insert into app (key, value) values ('/a/1', null)"))
                .hasMessageContaining("must not be null");
    }

    @Test
    void whoMayWriteTheTableNeedsNoRightsInTheBookkeeping() {
        db.run("drop role if exists etcd_test_app; create role etcd_test_app login password 'x'");
        db.run("grant select, insert, update, delete on app to etcd_test_app");
        try (Db app = db.another()) {
            app.run("set session authorization etcd_test_app");
            app.run("insert into public.app (key, value) values ('/a/1', 'x')");
            app.run("update public.app set key = '/a/2', value = 'y'");
            app.run("delete from public.app");
            assertThatThrownBy(() -> app.run("select * from etcd_sync.etcd_wal"))
                    .hasMessageContaining("permission denied");
        } finally {
            assertThat(db.rows("select distinct author from etcd_wal")).containsExactly("etcd_test_app");
            db.run("drop owned by etcd_test_app; drop role etcd_test_app");
        }
        assertThat(db.number("select count(*) from etcd_wal")).isEqualTo(4);
    }

    /** Every role can change the setting. The setting has an effect only for roles that may write the bookkeeping tables. */
    @Test
    void theMarkerOfTheSinkIsWorthNothingToAnApplication() {
        db.mirror("/a/1", "x", 10, 7);
        String role = role();
        db.run("grant select, insert, update, delete on app to " + role);
        db.run("grant create on database \"" + db.database + "\" to " + role);
        try (Db app = db.another()) {
            app.run("set session authorization " + role);
            app.run("set etcd_sync.applying = on");
            assertMarkerIsIgnored(app);
            // the role cannot replace the functions that the triggers call by functions of its own
            app.run(
                    "create schema fake; create function fake.starts_with(text, text) returns boolean language sql as 'select true';"
                            + " create function fake.has_table_privilege(name, text, text) returns boolean language sql as 'select true';"
                            + " create function fake.etcd_is_sink_write() returns boolean language sql as 'select true';"
                            + " set search_path = fake, pg_catalog, public");
            assertMarkerIsIgnored(app);
        } finally {
            assertThat(db.rows("select key, op, value, author from etcd_wal order by id"))
                    .containsExactly(
                            "/a/1 put mine " + role,
                            "/a/1 put x " + role,
                            "/a/1 put mine " + role,
                            "/a/1 put x " + role);
            db.run("drop owned by " + role + "; drop role " + role);
        }
    }

    private static void assertMarkerIsIgnored(Db app) {
        app.run("update public.app set value = 'mine'; update public.app set value = 'x'");
        assertThatThrownBy(() -> app.run("update public.app set mod_revision = 99"))
                .hasMessageContaining("come from etcd and are read-only");
        assertThatThrownBy(() -> app.run("insert into public.app (key, value) values ('/b/1', 'x')"))
                .hasMessageContaining("outside of route app");
    }

    /** The role of SET ROLE decides whether the marker has an effect. The role that logged in does not decide. */
    @Test
    void theRoleOfTheSessionDecidesAboutTheMarker() {
        String role = role();
        db.run("grant select, insert, update, delete on app to " + role);
        db.run("set role " + role + "; set etcd_sync.applying = on");
        db.run("insert into public.app (key, value) values ('/a/1', 'x')");
        db.run("reset role");
        assertThat(db.wal()).containsExactly("/a/1 put x");
        db.run("select etcd_grant_to_connectors('" + role + "')");
        db.run("set role " + role + "; update public.app set value = 'y', mod_revision = 7; reset role");
        assertThat(db.wal()).containsExactly("/a/1 put x");
        db.run("drop owned by " + role + "; drop role " + role);
    }

    private String role() {
        String role = "role_" + db.database;
        db.run("create role " + role + " login password 'x'");
        return role;
    }

    /** The triggers send at most 50 notifications until the source asks for more. */
    @Test
    void aFewNotificationsWaitUntilTheSourceWantsMore() throws Exception {
        try (Db listener = db.another()) {
            listener.run("listen etcd_sync_wake");
            for (int i = 0; i < 80; i++) {
                db.run("insert into app (key, value) values ('/a/" + i + "', 'x')");
            }
            assertThat(notifications(listener, 2_000)).isEqualTo(50);
            assertThat(db.one("select etcd_want_notifications()"))
                    .as("the triggers withheld notifications")
                    .isEqualTo("t");
            assertThat(db.one("select etcd_want_notifications()")).isEqualTo("f");
            db.run("update app set value = 'y'");
            assertThat(notifications(listener, 2_000)).isEqualTo(1);
            assertThat(db.one("select etcd_want_notifications()")).isEqualTo("f");
        }
    }

    @Test
    void notifiesOnceATransactionAndNotWhenSwitchedOff() throws Exception {
        try (Db listener = db.another()) {
            listener.run("listen etcd_sync_wake");
            db.begin();
            db.run("insert into app (key, value) values ('/a/1', 'x')");
            db.run("update app set value = 'y'");
            db.commit();
            assertThat(notifications(listener, 5_000)).isEqualTo(1);

            db.run("update app set value = value");
            db.run("set etcd_sync.notify = off; update app set value = 'z'");
            assertThat(notifications(listener, 200)).isZero();
        }
    }

    private static int notifications(Db listener, int timeoutMs) throws Exception {
        var received = listener.connection.unwrap(PGConnection.class).getNotifications(timeoutMs);
        return received == null ? 0 : received.length;
    }
}
