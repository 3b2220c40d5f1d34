package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests copies of a database, and databases whose sequences are behind their rows. */
class IdentityIT {

    private static final String IDENTITY = "select origin, database from etcd_sync.etcd_identity()";

    @Test
    void aCopyHasTheOriginAndAnotherPlace() {
        try (Db db = Db.installed();
                Db copy = Db.installed()) {
            String[] one = db.one(IDENTITY).split(" ");
            String[] other = copy.one(IDENTITY).split(" ");
            assertThat(other[0]).as("both databases are copies of one template").isEqualTo(one[0]);
            assertThat(other[1]).isNotEqualTo(one[1]).matches("\\d+/\\d+/1");
            db.run("insert into app (key, value) values ('/a/1', 'x')");
            db.dispatch();
            assertThat(db.one("select origin, database from etcd_sends(0, 10)")).isEqualTo(String.join(" ", one));
        }
    }

    /** The event of a change may be under way when the copy gets an origin of its own. This event must still confirm the change. */
    @Test
    void aCopyBecomesItsOwnWithOneCall() {
        try (Db db = Db.installed()) {
            db.mirror("/a/2", "y", 10, 5);
            db.run("insert into app (key, value) values ('/a/1', 'x')");
            db.run("update app set value = 'held' where key = '/a/2'");
            assertThat(db.dispatch()).isEqualTo(2);
            db.run("update etcd_mirror set status = 'held', reason = 'because' where key = '/a/2'");
            String before = db.one("select origin from etcd_database");
            long number = db.number("select send_number from etcd_mirror where key = '/a/1'");

            String origin = db.one("select etcd_become_original()");

            assertThat(origin).isNotEqualTo(before).isEqualTo(db.one("select origin from etcd_database"));
            assertThat(db.rows("select key from etcd_sends(0, 10)"))
                    .as("the database sends no change under an old number")
                    .isEmpty();
            assertThat(db.dispatch()).isEqualTo(1);
            assertThat(db.one("select key, op, value, number > ?, origin from etcd_sends(0, 10)", number))
                    .isEqualTo("/a/1 put x t " + origin);
            assertThat(db.one("select status from etcd_mirror where key = '/a/2'"))
                    .isEqualTo("held");
        }
    }

    @Test
    void theConnectorsSessionsBeginAnew() {
        try (Db db = Db.installed();
                Db connector = db.another();
                Db application = db.another()) {
            connector.run("set application_name = 'etcd-pg-connect test'");
            application.run("set application_name = 'application'");
            db.run("select etcd_become_original()");
            assertThat(db.rows(
                            "select application_name from pg_stat_activity where pid = any (array[?, ?])",
                            connector.backend(),
                            application.backend()))
                    .containsExactly("application");
        }
    }

    /** Logical replication copies rows and does not copy the positions of sequences. */
    @Test
    void sequencesAreRaisedAboveTheRows() {
        try (Db db = Db.installed()) {
            for (int i = 0; i < 20; i++) {
                db.run("insert into app (key, value) values ('/a/1', 'v" + i
                        + "') on conflict (key) do update set value = excluded.value");
            }
            db.dispatch(1000, 0);
            db.confirm("/a/1", 100);
            assertThat(db.wal()).isEmpty();
            assertThat(db.one("select * from etcd_repair_sequences()")).isEqualTo("0 0");

            setBack(db);
            db.run("update app set value = 'unseen'");
            assertThat(db.dispatch()).as("dispatch does not see the change").isZero();

            assertThat(db.one("select * from etcd_repair_sequences()")).isEqualTo("1 1");
            assertThat(db.dispatch()).isEqualTo(1);
            assertThat(db.inflight()).containsExactly("/a/1 put unseen 100");
            assertThat(db.one("select id from etcd_wal")).isEqualTo("21");
            assertThat(db.one("select * from etcd_repair_sequences()")).isEqualTo("0 0");
        }
    }

    /** Without the repair, the outcome of the change in flight would also settle the later changes. */
    @Test
    void laterChangesBehindTheOneInFlightGetNewIdsInTheirOrder() {
        try (Db db = Db.installed()) {
            db.run("insert into app (key, value) values ('/a/1', 'a')");
            db.run("update app set value = 'b'");
            db.run("update app set value = 'c'");
            db.dispatch(1000, 0);
            assertThat(db.pending()).containsExactly("/a/1 put a skipped", "/a/1 put b skipped", "/a/1 put c inflight");

            setBack(db);
            db.run("delete from etcd_wal where id < 3");
            db.run("update app set value = 'd'");
            db.run("update app set value = 'e'");

            assertThat(db.one("select * from etcd_repair_sequences()")).isEqualTo("1 1");
            assertThat(db.pending()).containsExactly("/a/1 put c inflight", "/a/1 put d waiting", "/a/1 put e waiting");
            db.confirm("/a/1", 100);
            assertThat(db.dispatch()).isEqualTo(1);
            assertThat(db.inflight()).containsExactly("/a/1 put d 100");
        }
    }

    @Test
    void conflictsAndTheQueueAreInsertedAgain() {
        try (Db db = Db.installed()) {
            db.run(
                    "insert into etcd_conflict (route, key, change_id, op, txid, author, changed_at, base_epoch, base_revision, won_epoch,"
                            + " won_revision, reason) select 'app', '/a/1', 1, 'delete', '1', 'me', now(), 1, 1, 1, 1, 'r' from generate_series(1, 5)");
            db.run("insert into etcd_dispatch_queue (route, key) select 'app', '/a/1' from generate_series(1, 5)");
            setBack(db);
            db.run("select * from etcd_repair_sequences()");
            assertThat(db.number("insert into etcd_dispatch_queue (route, key) values ('app', '/a/1') returning id"))
                    .isEqualTo(6);
            assertThat(db.number(
                            "insert into etcd_conflict (route, key, change_id, op, txid, author, changed_at, base_epoch,"
                                    + " base_revision, won_epoch, won_revision, reason) values ('app', '/a/1', 1, 'delete', '1', 'me', now(), 1, 1, 1, 1,"
                                    + " 'r') returning id"))
                    .isEqualTo(6);
        }
    }

    private static void setBack(Db db) {
        for (String table : new String[] {"etcd_wal", "etcd_conflict", "etcd_dispatch_queue"}) {
            db.run("select setval(pg_get_serial_sequence('" + table + "', 'id'), 1, false)");
        }
    }
}
