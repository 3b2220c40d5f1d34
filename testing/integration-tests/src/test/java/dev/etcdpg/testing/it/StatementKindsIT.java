package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Changes rows with every kind of SQL statement, with rollbacks too, and then checks each change in etcd. */
class StatementKindsIT {
    private static final int COPIED = 2_000;

    private static Sides sides;
    private static SentChanges sent;

    @BeforeAll
    static void doAllOfIt() throws SQLException, IOException {
        sides = Sides.shared();
        sides.postgres.execute("delete from etcd where key like ?", key("kinds/%"));
        for (String name : List.of(
                "merge/1",
                "merge/2",
                "cte/old",
                "rename/a",
                "onto/a",
                "onto/b",
                "swap/a",
                "swap/b",
                "values/a",
                "values/b",
                "again/other",
                "again/same",
                "drop/a",
                "replica")) {
            sides.postgres.execute("insert into etcd (key, value) values (?, ?)", key("kinds/" + name), name);
        }
        sides.awaitEqual();
        sent = new SentChanges(sides);
        try (Application a = new Application(sides, "kinds")) {
            takenBack(a);
            inOneStatement(a);
            keysThatChange(a);
            atCommit(a);
            inSequence(a);
        }
        sides.settle();
    }

    private static void takenBack(Application a) {
        a.run(insert("savepoint/a", "kept"))
                .run("savepoint s")
                .run("update etcd set value = 'never' where key = '" + key("kinds/savepoint/a") + "'")
                .run(insert("savepoint/b", "never"))
                .run("rollback to savepoint s")
                .commit();
        a.run("do $$ begin " + insert("block/a", "kept") + "; begin " + insert("block/b", "never")
                        + "; raise exception 'no'; exception when others then null; end; end $$")
                .commit();
        a.run(insert("rolledback", "never")).rollback();
    }

    private static void inOneStatement(Application a) throws SQLException, IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < COPIED; i++) {
            lines.append(key("kinds/copy/" + i)).append("\tcopied ").append(i).append('\n');
        }
        a.connection()
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy etcd (key, value) from stdin", new StringReader(lines.toString()));
        a.commit();
        a.run("merge into etcd e using (values ('" + key("kinds/merge/1") + "', 'updated'), ('" + key("kinds/merge/2")
                        + "', null), ('" + key("kinds/merge/3") + "', 'inserted')) v (key, value) on e.key = v.key"
                        + " when matched and v.value is null then delete when matched then update set value = v.value"
                        + " when not matched then insert (key, value) values (v.key, v.value)")
                .commit();
        a.run("insert into etcd (key, value) values ('" + key("kinds/upsert") + "', '1')")
                .commit();
        a.run("insert into etcd (key, value) values ('" + key("kinds/upsert") + "', '2'), ('" + key("kinds/upsert2")
                        + "', '2') on conflict (key) do update set value = excluded.value")
                .commit();
        a.run("with gone as (delete from etcd where key = '" + key("kinds/cte/old") + "' returning value)"
                        + " insert into etcd (key, value) select '" + key("kinds/cte/new") + "', value from gone")
                .commit();
    }

    private static void keysThatChange(Application a) {
        a.run(rename("rename/a", "rename/b")).commit();
        a.run(delete("onto/b")).run(rename("onto/a", "onto/b")).commit();
        assertThat(a.attempt(x -> x.execute("update etcd set key = case key when '" + key("kinds/swap/a") + "' then '"
                        + key("kinds/swap/b") + "' else '" + key("kinds/swap/a") + "' end where key in ('"
                        + key("kinds/swap/a") + "', '" + key("kinds/swap/b") + "')")))
                .as("a primary key is judged row by row")
                .isFalse();
        a.run(rename("swap/a", "swap/between"))
                .run(rename("swap/b", "swap/a"))
                .run(rename("swap/between", "swap/b"))
                .commit();
        a.run("update etcd t set value = o.value from etcd o where (t.key, o.key) in (('" + key("kinds/values/a")
                        + "', '" + key("kinds/values/b") + "'), ('" + key("kinds/values/b") + "', '"
                        + key("kinds/values/a") + "'))")
                .commit();
        a.run(delete("again/other")).run(insert("again/other", "anew")).commit();
        a.run(delete("again/same")).run(insert("again/same", "again/same")).commit();
        a.run(insert("never/was", "never")).run(delete("never/was")).commit();
        a.run(delete("drop/a")).commit();
    }

    private static void atCommit(Application a) {
        a.run("create table child (key text references etcd (key) deferrable initially deferred)")
                .commit();
        a.run("insert into child values ('" + key("kinds/deferred/a") + "')")
                .run(insert("deferred/a", "kept"))
                .commit();
        assertThat(a.attempt(x -> {
                    x.execute("insert into child values ('" + key("kinds/deferred/none") + "')");
                    x.execute(insert("deferred/b", "never"));
                }))
                .as("the constraint fails at commit")
                .isFalse();
        a.run("drop table child").commit();
        assertThat(a.attempt(x -> x.execute("truncate etcd"))).isFalse();
        assertThat(a.states()).containsExactly("23505", "23503", "0A000");
    }

    private static void inSequence(Application a) {
        for (int i = 1; i <= 5; i++) {
            a.run("insert into etcd (key, value) values ('" + key("kinds/sequence") + "', '" + i
                            + "') on conflict (key) do update set value = excluded.value")
                    .run("update etcd set value = value where key = '" + key("kinds/sequence") + "'")
                    .commit();
        }
    }

    @Test
    void nothingThatWasRolledBackIsSent() {
        assertThat(etcd("savepoint/a")).isEqualTo("kept");
        assertThat(etcd("block/a")).isEqualTo("kept");
        assertThat(etcd("deferred/a")).isEqualTo("kept");
        assertThat(sent.values(key("kinds/"))).doesNotContain("never");
        assertThat(sides.postgres.number(
                        "select count(*) from etcd_sync.etcd_history where value = 'never' and key like ?",
                        key("kinds/%")))
                .isZero();
    }

    @Test
    void everyKindOfStatementIsSeen() {
        assertThat(etcd("copy/0")).isEqualTo("copied 0");
        assertThat(etcd("copy/" + (COPIED - 1))).isEqualTo("copied " + (COPIED - 1));
        assertThat(List.of(etcd("merge/1"), etcd("merge/2"), etcd("merge/3")))
                .containsExactly("updated", "-", "inserted");
        assertThat(List.of(etcd("upsert"), etcd("upsert2"))).containsExactly("2", "2");
        assertThat(List.of(etcd("cte/old"), etcd("cte/new"))).containsExactly("-", "cte/old");
    }

    @Test
    void keysMayChange() {
        assertThat(List.of(etcd("rename/a"), etcd("rename/b"))).containsExactly("-", "rename/a");
        assertThat(List.of(etcd("onto/a"), etcd("onto/b"))).containsExactly("-", "onto/a");
        assertThat(List.of(etcd("swap/a"), etcd("swap/b"), etcd("swap/between")))
                .containsExactly("swap/b", "swap/a", "-");
        assertThat(List.of(etcd("values/a"), etcd("values/b"))).containsExactly("values/b", "values/a");
        assertThat(List.of(etcd("again/other"), etcd("again/same"), etcd("drop/a")))
                .containsExactly("anew", "again/same", "-");
        assertThat(sent.values(key("kinds/again/same")))
                .as("etcd has it already")
                .isEmpty();
        assertThat(sent.values(key("kinds/never/")))
                .as("gone before it was committed")
                .isEmpty();
        assertThat(sent.values(key("kinds/swap/between"))).isEmpty();
    }

    @Test
    void whatIsCommittedOneAfterTheOtherArrivesSo() {
        assertThat(sides.postgres.query(
                        "select value from etcd_sync.etcd_history where key = ? order by epoch desc, revision desc limit 5",
                        key("kinds/sequence")))
                .containsExactly("5", "4", "3", "2", "1");
    }

    /** A documented limit: the triggers do not see writes of a session without triggers, and etcd_differences shows them. */
    @Test
    void writesPastTheTriggersAreShown() {
        try (Application a = new Application(sides, "replica")) {
            a.run("set session_replication_role = replica")
                    .run("update etcd set value = 'unseen' where key = '" + key("kinds/replica") + "'")
                    .commit();
            assertThat(sides.postgres.query("select key || ': ' || difference from etcd_sync.etcd_differences('etcd')"))
                    .containsExactly(key("kinds/replica") + ": another value");
            a.run("update etcd set value = 'replica' where key = '" + key("kinds/replica") + "'")
                    .commit();
        }
        sides.settle();
    }

    private static String etcd(String name) {
        String value = sides.etcd.get(key("kinds/" + name));
        return value == null ? "-" : value;
    }

    private static String insert(String name, String value) {
        return "insert into etcd (key, value) values ('" + key("kinds/" + name) + "', '" + value + "')";
    }

    private static String delete(String name) {
        return "delete from etcd where key = '" + key("kinds/" + name) + "'";
    }

    private static String rename(String from, String to) {
        return "update etcd set key = '" + key("kinds/" + to) + "' where key = '" + key("kinds/" + from) + "'";
    }
}
