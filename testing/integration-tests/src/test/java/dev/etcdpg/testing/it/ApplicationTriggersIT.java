package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An application's triggers (application_triggers.sql) change the written row and another row, before and after writes of the application and
 * of the sink. Both sides become equal, and each change has an outcome.
 */
class ApplicationTriggersIT {
    private static final long SEED = Long.getLong("it.seed", 20261121);
    private static final int TRANSACTIONS = 60;
    private static final int KEYS = 3;
    /** Transactions in PostgreSQL for each transaction in etcd. */
    private static final int ATTEMPTS = 3;

    /** The most pending changes of a key. With more of them the source would conflate, and changes would share an outcome. */
    private static final int WAITING = 5;

    private static Sides sides;
    private static Deadlocks deadlocks;
    private static String folder;

    @BeforeAll
    static void createTriggers() throws IOException {
        sides = Sides.shared();
        deadlocks = new Deadlocks(sides);
        folder = Sides.key("triggers/" + System.nanoTime() + "/");
        try (InputStream sql = ApplicationTriggersIT.class.getResourceAsStream("application_triggers.sql")) {
            sides.postgres.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", folder));
        }
    }

    @AfterEach
    void everyChangeHasAnOutcome() {
        sides.awaitEqual();
        assertOutcomes();
        sides.etcd.deletePrefix(folder);
        sides.awaitEqual();
    }

    @AfterAll
    static void dropTriggers() {
        sides.postgres.execute("drop trigger app_before on public.etcd; drop trigger app_after on public.etcd;"
                + "drop trigger app_witness on etcd_sync.etcd_wal; drop table public.app_witness;"
                + "drop function public.app_before, public.app_after, public.app_witness");
        sides.settle();
        assertThat(deadlocks.withConnectors()).isEmpty();
    }

    @Test
    void whatTriggersWriteIsSentWhicheverSideBegan() {
        sides.etcd.put(folder + "after/e", "one");
        sides.etcd.put(folder + "before/e", "one");
        write("after/p", "two");
        write("before/p", "two");
        awaitBoth(
                "after-of/e=ONE",
                "after-of/p=TWO",
                "after/e=ONE",
                "after/p=TWO",
                "before-of/e=one",
                "before-of/p=TWO",
                "before/e=one",
                "before/p=TWO");

        sides.etcd.put(folder + "after/p", "three");
        sides.etcd.put(folder + "before/p", "three");
        write("after/e", "four");
        write("before/e", "four");
        awaitBoth(
                "after-of/e=FOUR",
                "after-of/p=THREE",
                "after/e=FOUR",
                "after/p=THREE",
                "before-of/e=FOUR",
                "before-of/p=three",
                "before/e=FOUR",
                "before/p=three");

        sides.etcd.delete(folder + "after/e");
        sides.postgres.execute("delete from etcd where key = ?", folder + "after/p");
        awaitBoth("before-of/e=FOUR", "before-of/p=three", "before/e=FOUR", "before/p=three");

        assertThat(history("after/e")).containsExactly("one", "ONE *", "FOUR *", "delete");
        assertThat(history("after/p")).containsExactly("TWO *", "three", "THREE *", "delete *");
        assertThat(history("after-of/p")).containsExactly("TWO *", "THREE *", "delete *");
        assertThat(history("before/e")).containsExactly("one", "FOUR *");
        assertThat(history("before-of/p")).containsExactly("TWO *", "three *");
        assertThat(sides.postgres.number(
                        "select count(*) from etcd_sync.etcd_conflict where key ~ ?", "^" + folder + ".*/[ep]$"))
                .isZero();
    }

    /** A documented limit: the project does not capture a trigger's change of the sink's own row, and etcd_differences shows it. */
    @Test
    void whatATriggerMakesOfTheRowThatTheSinkWritesIsShown() {
        sides.etcd.put(folder + "unguarded/e", "one");
        await("the row")
                .until(
                        () -> sides.postgres.query("select value from etcd where key = ?", folder + "unguarded/e"),
                        List.of("ONE")::equals);
        assertThat(sides.postgres.query("select key || ': ' || difference from etcd_sync.etcd_differences('etcd')"))
                .containsExactly(folder + "unguarded/e: another value");
        // Put again, as docs/operations.md says.
        sides.etcd.put(folder + "unguarded/e", "TWO");
        awaitBoth("unguarded/e=TWO");
    }

    /** etcd writes the rows of the triggers too, in one transaction with the rows that fire the triggers. */
    @Test
    void bothSidesWriteTheSameRowsAtOnce() {
        System.out.println("triggers with seed " + SEED);
        AtomicInteger committed = new AtomicInteger();
        Semaphore attempts = new Semaphore(0);
        Random local = new Random(SEED);
        Random foreign = new Random(SEED + 1);
        try (Application application = new Application(sides, "triggers");
                Clients clients = new Clients()) {
            clients.again(() -> {
                String value = "sql " + committed.incrementAndGet();
                int key = local.nextInt(KEYS);
                assertThat(application.attempt(a -> {
                            for (String kind : List.of("after/", "before/")) {
                                if (local.nextInt(6) == 0) {
                                    a.execute("delete from etcd where key = ?", folder + kind + key);
                                } else {
                                    upsert(a, folder + kind + key, value);
                                }
                            }
                        }))
                        .as("it is not disturbed")
                        .isTrue();
                attempts.release();
                await("changes to be sent")
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> sides.postgres.number(
                                        "select coalesce(max(n), 0) from (select count(distinct txid) as n from etcd_sync.etcd_wal group by key) of")
                                <= WAITING);
            });
            clients.again(() -> {
                if (attempts.tryAcquire(ATTEMPTS, 100, TimeUnit.MILLISECONDS)) {
                    String value = "etcd " + foreign.nextInt(Integer.MAX_VALUE);
                    int key = foreign.nextInt(KEYS);
                    List<String> kinds = List.of("after/", "after-of/", "before/", "before-of/");
                    sides.etcd.putMany(kinds.size(), i -> folder + kinds.get(i) + key, i -> value);
                }
            });
            await("transactions").atMost(Duration.ofSeconds(90)).until(() -> {
                clients.check();
                return committed.get() >= TRANSACTIONS;
            });
        }
        sides.awaitEqual();
        values().forEach((key, value) -> {
            if (key.startsWith("after/")) {
                assertThat(value).as(key).isEqualTo(value.toUpperCase(Locale.ROOT));
            }
        });
    }

    /**
     * Checks that each captured change of a key has one outcome: its transaction's changes of the key have lost together, or etcd had the
     * value. No other change has an outcome. A write of an AFTER trigger is captured before the write that fired the trigger.
     */
    private void assertOutcomes() {
        assertThat(
                        sides.postgres.query(
                                """
                        select w.key || ' ' || max(w.id) || case when count(c.id) > 0 then ' has two outcomes' else ' has no outcome' end
                        from public.app_witness w left join etcd_sync.etcd_conflict c on c.key = w.key and c.change_id = w.id
                        group by w.key, w.txid
                        having count(c.id) not in (0, count(*))
                          or count(c.id) = 0 and not exists (
                            select from etcd_sync.etcd_history h where h.key = w.key
                              and coalesce(h.value, h.op) = any (array_agg(coalesce(w.value, 'delete'))))
                        """))
                .isEmpty();
        assertThat(sides.postgres.query(
                        "select change_id from etcd_sync.etcd_conflict c where starts_with(key, ?) and not exists ("
                                + "select from public.app_witness w where w.key = c.key and w.id = c.change_id)",
                        folder))
                .as("conflicts of changes that nobody made")
                .isEmpty();
        assertThat(sides.postgres.query(
                        "select key || ' ' || revision from etcd_sync.etcd_history h where starts_with(key, ?) and origin <> 'etcd'"
                                + " and not exists (select from public.app_witness w where w.key = h.key"
                                + " and w.value is not distinct from h.value)",
                        folder))
                .as("revisions of changes that nobody made")
                .isEmpty();
        System.out.println(sides.postgres.query(
                "select (select count(distinct (key, txid)) from public.app_witness) || ' local changes, '"
                        + " || (select count(*) from etcd_sync.etcd_conflict where starts_with(key, ?)) || ' conflicts, '"
                        + " || count(*) || ' revisions' from etcd_sync.etcd_history where starts_with(key, ?)",
                folder,
                folder));
    }

    /** Returns values and deletions, oldest first. An asterisk marks the changes of PostgreSQL. */
    private List<String> history(String name) {
        return sides.postgres.query(
                "select coalesce(value, op) || case when origin = 'etcd' then '' else ' *' end from etcd_sync.etcd_history"
                        + " where key = ? order by epoch, revision",
                folder + name);
    }

    private void awaitBoth(String... keysAndValues) {
        sides.awaitEqual();
        assertThat(values().entrySet()).extracting(Object::toString).containsExactlyInAnyOrder(keysAndValues);
    }

    /** Returns etcd's values by name. The table equals etcd. */
    private static Map<String, String> values() {
        return EtcdEntries.below(sides.etcd, folder).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().substring(folder.length()), entry -> entry.getValue()
                        .value()));
    }

    private void write(String name, String value) {
        try (Application application = new Application(sides, "triggers")) {
            assertThat(application.attempt(a -> upsert(a, folder + name, value)))
                    .isTrue();
        }
    }

    private static void upsert(Application application, String key, String value) throws java.sql.SQLException {
        application.execute(
                "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                key,
                value);
    }
}
