package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the functions that decide about held changes, ask for snapshots and list differences. */
class OperateIT {

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    private void hold() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'mine'");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'changed in etcd'");
    }

    @Test
    void etcdsSideGivesTheChangeUp() {
        hold();
        assertThat(db.one("select etcd_resolve('/a/1', 'etcd')")).contains("given up");
        assertThat(db.one("select value, mod_revision from app")).isEqualTo("x 7");
        assertThat(db.wal()).isEmpty();
        assertThat(db.one("select key, value, author, base_revision, won_revision, reason from etcd_conflict"))
                .isEqualTo("/a/1 mine postgres 7 7 given up by postgres: changed in etcd");
        assertThat(db.dispatch()).as("dispatch publishes the conflict").isEqualTo(1);
    }

    @Test
    void etcdsSideMayBeThatTheKeyIsAbsent() {
        db.run("insert into app (key, value) values ('/a/1', 'mine')");
        db.dispatch();
        db.run("update etcd_mirror set status = 'held', reason = 'too large'");
        db.run("select etcd_resolve('/a/1', 'etcd', 'app')");
        assertThat(db.rows("select * from app")).isEmpty();
    }

    @Test
    void whatWaitsBehindGoesOn() {
        hold();
        db.run("update app set value = 'next'");
        db.run("select etcd_resolve('/a/1', 'etcd')");
        assertThat(db.one("select value from app")).isEqualTo("next");
        assertThat(db.dispatch()).isEqualTo(2);
        assertThat(db.inflight()).containsExactly("/a/1 put next 7");
    }

    @Test
    void postgresSideSendsItAgainOnWhatEtcdHasNow() {
        hold();
        db.run("update etcd_mirror set revision = 9");
        db.run("select etcd_resolve('/a/1', 'postgres')");
        assertThat(db.dispatch()).isEqualTo(1);
        assertThat(db.inflight()).containsExactly("/a/1 put mine 9");
        assertThat(db.one("select value from app")).isEqualTo("mine");
    }

    @Test
    void onlyHeldChangesCanBeDecided() {
        db.run("insert into app (key, value) values ('/a/1', 'x')");
        db.dispatch();
        assertThatThrownBy(() -> db.run("select etcd_resolve('/a/1', 'etcd')"))
                .hasMessageContaining("no change of \"/a/1\" is held");
        assertThatThrownBy(() -> db.run("select etcd_resolve('/a/none', 'etcd')"))
                .hasMessageContaining("is held");
        assertThatThrownBy(() -> db.run("select etcd_resolve('/b/1', 'etcd')")).hasMessageContaining("in no route");
        assertThatThrownBy(() -> db.run("select etcd_resolve('/a/1', 'mine')")).hasMessageContaining("side must be");
    }

    /** Writes the table as nobody may: the triggers do not see it. */
    private void pastTheTriggers(String statement) {
        db.run("set session_replication_role = replica");
        db.run(statement);
        db.run("set session_replication_role = origin");
    }

    @Test
    void aRowThatWasWrittenPastTheTriggersIsRestored() {
        db.mirror("/a/changed", "x", 10, 7);
        db.mirror("/a/deleted", "y", 10, 8);
        pastTheTriggers("update app set value = 'other', mod_revision = 1 where key = '/a/changed'");
        pastTheTriggers("delete from app where key = '/a/deleted'");
        pastTheTriggers("insert into app (key, value) values ('/a/inserted', 'z')");
        assertThat(db.rows("select key from etcd_differences('app')")).hasSize(3);

        for (String key : new String[] {"/a/changed", "/a/deleted", "/a/inserted"}) {
            assertThat(db.one("select etcd_restore_row('" + key + "')")).as(key).isEqualTo("t");
            assertThat(db.one("select etcd_restore_row('" + key + "')"))
                    .as(key + " again")
                    .isEqualTo("f");
        }

        assertThat(db.rows("select key, value, mod_revision from app order by key"))
                .containsExactly("/a/changed x 7", "/a/deleted y 8");
        assertThat(db.rows("select * from etcd_differences('app')")).isEmpty();
        assertThat(db.wal()).isEmpty();
    }

    @Test
    void aRowWithALocalChangeIsNotRestored() {
        db.mirror("/a/1", "x", 10, 7);
        db.run("update app set value = 'mine'");
        assertThatThrownBy(() -> db.run("select etcd_restore_row('/a/1')"))
                .hasMessageContaining("a change of \"/a/1\" is pending");
        assertThatThrownBy(() -> db.run("select etcd_restore_row('/b/1')")).hasMessageContaining("in no route");
        assertThat(db.one("select value from app")).isEqualTo("mine");
    }

    @Test
    void aNewEpochIsAskedForOnce() {
        db.mirror("/a/1", "x", 10, 7);
        long request = db.number("select etcd_new_epoch('app')");
        assertThat(db.number("select etcd_new_epoch('app')")).isEqualTo(request);
        assertThat(db.rows("select kind, epoch from etcd_request")).containsExactly("new_epoch 10");
        assertThatThrownBy(() -> db.run("select etcd_new_epoch('nobody')")).hasMessageContaining("no route");
    }

    @Test
    void aSnapshotIsAskedForByPrefix() {
        db.run("select etcd_install('other', '/b/x/')");
        assertThat(db.number("select etcd_resync('')")).isEqualTo(2);
        assertThat(db.number("select etcd_resync('/a/sub/')")).isEqualTo(1);
        assertThat(db.rows("select route, after_key, through_key from etcd_request order by id"))
                .containsExactlyInAnyOrder("app  ", "other  ", "app /a/sub /a/sub0");
        assertThatThrownBy(() -> db.run("select etcd_resync('/c/')")).hasMessageContaining("no route has keys");
        assertThatThrownBy(() -> db.run("select etcd_resync('', '', 'nobody')")).hasMessageContaining("no route");
        assertThat(db.number("select count(distinct id) from etcd_request")).isEqualTo(3);
    }

    /** One index row contains both bounds, and PostgreSQL limits the size of an index row. */
    @Test
    void aBoundHasAtMost1024Bytes() {
        assertThat(db.number("select etcd_resync('/a/' || repeat('\u20ac', 2000))"))
                .isEqualTo(1);
        assertThat(db.number("select max(octet_length(after_key)) from etcd_request"))
                .isLessThan(1025);
        assertThatThrownBy(() -> db.run("select etcd_resync('', '/a/' || repeat('x', 1022), 'app')"))
                .hasMessageContaining("1024");
    }

    @Test
    void differencesAreWhatTheTriggersDidNotSee() {
        db.mirror("/a/same", "s", 10, 3);
        db.mirror("/a/gone", "g", 10, 4);
        db.mirror("/a/changed", "c", 10, 5);
        db.run("set session_replication_role = replica");
        db.run("delete from app where key = '/a/gone'; update app set value = 'd' where key = '/a/changed';"
                + " insert into app (key, value) values ('/a/new', 'n')");
        db.run("set session_replication_role = origin");
        db.run("insert into app (key, value) values ('/a/pending', 'p')");
        assertThat(db.rows("select * from etcd_differences('app')"))
                .containsExactly(
                        "/a/changed another value",
                        "/a/gone no row for a key in etcd",
                        "/a/new row without a key in etcd");
    }

    @Test
    void theStatusSaysHowARouteStands() {
        hold();
        db.run("insert into app (key, value) values ('/a/2', 'x')");
        try (Db reader = db.another()) {
            reader.begin();
            reader.run("set transaction isolation level repeatable read");
            reader.run("select 1");
            assertThat(
                            db.one(
                                    "select route, mirrored_table, pending_changes, pending_keys, inflight, held, conflicts,"
                                            + " oldest_pending_age > interval '0', oldest_transaction_age > interval '0' from etcd_status"))
                    .isEqualTo("app public.app 2 2 0 1 0 t t");
            reader.rollback();
        }
    }
}
