package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Transactions hold row locks of every kind for long, while etcd changes the same keys. Other keys flow, no change is skipped, and no
 * rolled-back change is sent. The test takes 15 s, or the number of seconds in -Dit.hold.seconds.
 */
class HeldRowsIT {
    private static final Duration HOLD = Duration.ofSeconds(Long.getLong("it.hold.seconds", 15));
    private static final Duration FLOWS = Duration.ofSeconds(10);
    private static final int KEYS = 10;

    private final Sides sides = Sides.shared();
    private final SentChanges sent = new SentChanges(sides);
    private final Deadlocks deadlocks = new Deadlocks(sides);

    @Test
    void othersFlowWhileRowsAreHeld() {
        sides.postgres.execute("delete from etcd where key like ?", key("held/%"));
        sides.awaitEqual();
        sides.etcd.putMany(KEYS, HeldRowsIT::held, i -> "before");
        sides.awaitEqual();

        List<Application> holders = new ArrayList<>();
        Application rollsBack = holder(holders, "rolls back").run(update(0, "never"));
        Application commits = holder(holders, "commits").run(update(1, "mine"));
        Application locks = holder(holders, "locks").run(select(2) + " for update");
        Application shares = holder(holders, "shares").run(select(3) + " for key share");
        Application inserts =
                holder(holders, "inserts").run("insert into etcd (key, value) values (?, 'mine')", key("held/new"));
        Application insertsInVain = holder(holders, "inserts in vain")
                .run("insert into etcd (key, value) values (?, 'never')", key("held/newer"));
        Application deletes = holder(holders, "deletes").run("delete from etcd where key = ?", held(4));
        Application repeatable = holder(holders, "repeatable")
                .run("set transaction isolation level repeatable read")
                .run(update(5, "mine"));
        prepare(holder(holders, "prepares"), "held-1", update(6, "mine"));
        prepare(holder(holders, "prepares"), "held-2", update(7, "never"));

        String[] foreign = {"0", "1", "2", "3", "4", "5", "6", "7", "new", "newer"};
        for (String name : foreign) {
            sides.etcd.put(key("held/" + name), "foreign");
        }
        Duration slowest = othersFlow();
        assertThat(sides.postgres.query(
                        "select distinct value from etcd where key like ? and key < ? and key <> ?",
                        key("held/_"),
                        held(8),
                        held(3)))
                .as("a held row stays as it was")
                .containsExactlyInAnyOrder("before");
        assertThat(sides.postgres.query("select value from etcd where key = ?", held(3)))
                .as("the lock of a foreign key does not hold an update")
                .containsExactly("foreign");

        rollsBack.rollback();
        insertsInVain.rollback();
        for (Application one : List.of(commits, locks, shares, inserts, deletes, repeatable)) {
            one.commit();
        }
        sides.postgres.execute("commit prepared 'held-1'");
        sides.postgres.execute("rollback prepared 'held-2'");
        holders.forEach(Application::close);
        sides.settle();

        for (String name : foreign) {
            assertThat(sides.etcd.get(key("held/" + name))).as(name).isEqualTo("foreign");
        }
        assertThat(conflicts())
                .as("each local change that was committed")
                .containsExactly("1 mine", "4 delete", "5 mine", "6 mine", "new mine");
        assertThat(sent.values(key("held/"))).doesNotContain("never");
        assertThat(deadlocks.withConnectors()).isEmpty();
        System.out.println("held for " + HOLD + ", slowest of the others took " + slowest);
    }

    private List<String> conflicts() {
        return sides.postgres.query(
                "select replace(key, ?, '') || ' ' || coalesce(value, op) from etcd_sync.etcd_conflict where key like ?"
                        + " and detected_at > now() - ? * interval '1 second' order by key",
                key("held/"),
                key("held/%"),
                HOLD.toSeconds() + 120);
    }

    /** Writes until the locks end, and returns the longest time that a change took to the other side. */
    private Duration othersFlow() {
        Duration slowest = Duration.ZERO;
        Instant end = Instant.now().plus(HOLD);
        for (int i = 0; Instant.now().isBefore(end); i++) {
            String value = "v" + i;
            Instant begin = Instant.now();
            sides.etcd.put(held(8), value);
            sides.postgres.execute(
                    "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                    held(9),
                    value);
            sides.postgres.execute("insert into etcd (key, value) values (?, ?)", key("held/free/" + i), value);
            await("others flow")
                    .atMost(FLOWS)
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> {
                        assertThat(sides.postgres.query("select value from etcd where key = ?", held(8)))
                                .containsExactly(value);
                        assertThat(sides.etcd.get(held(9))).isEqualTo(value);
                    });
            Duration took = Duration.between(begin, Instant.now());
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        return slowest;
    }

    private Application holder(List<Application> holders, String name) {
        Application holder = new Application(sides, name);
        holders.add(holder);
        return holder;
    }

    private static void prepare(Application application, String id, String sql) {
        // PostgreSQL does not prepare a transaction that has executed NOTIFY.
        application.run("set etcd_sync.notify = off").run(sql).run("prepare transaction '" + id + "'");
    }

    private static String update(int key, String value) {
        return "update etcd set value = '" + value + "' where key = '" + held(key) + "'";
    }

    private static String select(int key) {
        return "select from etcd where key = '" + held(key) + "'";
    }

    private static String held(int i) {
        return key("held/" + i);
    }
}
