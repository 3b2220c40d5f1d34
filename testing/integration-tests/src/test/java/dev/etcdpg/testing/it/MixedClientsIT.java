package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Clients of every kind write few keys at once, while etcd changes the keys too. The seed (-Dit.seed) decides the statements, and
 * -Dit.mix.seconds the duration.
 */
class MixedClientsIT {
    private static final long SEED = Long.getLong("it.seed", 20261121);
    private static final Duration DURATION = Duration.ofSeconds(Long.getLong("it.mix.seconds", 6));
    private static final int CLIENTS = 5;
    private static final int KEYS = 12;
    private static final String ON_PURPOSE = "ITEND";
    private static final String NEVER = "never";

    private final Sides sides = Sides.shared();
    private final Deadlocks deadlocks = new Deadlocks(sides);
    private final SentChanges sent = new SentChanges(sides);
    private final Set<String> committed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger transactions = new AtomicInteger();

    @Test
    void everyKindAtOnce() {
        System.out.println("mixed clients with seed " + SEED);
        List<Application> applications = new ArrayList<>();
        try (Clients clients = new Clients()) {
            for (int i = 0; i < CLIENTS; i++) {
                Application application = new Application(sides, "mixed " + i);
                applications.add(application);
                Random random = new Random(SEED + i);
                boolean prepares = i == 0;
                if (prepares) {
                    application.run("set etcd_sync.notify = off").commit();
                }
                AtomicInteger number = new AtomicInteger();
                String name = "c" + i + "-";
                clients.again(() -> transaction(application, random, name + number.incrementAndGet(), prepares));
            }
            Random foreign = new Random(SEED - 1);
            clients.again(() -> foreignWrite(foreign));
            Instant end = Instant.now().plus(DURATION);
            await("clients").atMost(DURATION.multipliedBy(3)).until(() -> {
                clients.check();
                return Instant.now().isAfter(end);
            });
        }
        sides.settle();
        Set<String> states = new TreeSet<>();
        applications.forEach(application -> states.addAll(application.states()));
        applications.forEach(Application::close);
        System.out.println(transactions + " transactions, " + committed.size() + " committed, refused: " + states);
        assertThat(committed).hasSizeGreaterThan(CLIENTS);
        assertThat(Set.of(ON_PURPOSE, "23505", Application.SERIALIZATION_FAILURE, Application.DEADLOCK))
                .containsAll(states);
        assertThat(deadlocks.withConnectors())
                .as("deadlocks other than those of clients among themselves")
                .isEmpty();
        // A renamed row keeps its value, which can be from etcd.
        assertThat(sent.values(key("mixed/")))
                .allMatch(value -> value.equals("delete") || value.startsWith("etcd ") || committed.contains(value));
    }

    private void transaction(Application application, Random random, String value, boolean prepares) {
        transactions.incrementAndGet();
        boolean rollsBack = random.nextInt(5) == 0;
        List<String> values = new ArrayList<>();
        boolean done = application.attempt(a -> {
            if (random.nextInt(3) == 0) {
                a.execute("set transaction isolation level "
                        + (random.nextBoolean() ? "repeatable read" : "serializable"));
            }
            for (int i = random.nextInt(4); i >= 0; i--) {
                statement(a, random, value + "-" + i, values);
            }
            if (prepares) {
                a.execute("prepare transaction '" + value + "'");
                a.commit();
                a.connection().setAutoCommit(true);
                a.execute((rollsBack ? "rollback" : "commit") + " prepared '" + value + "'");
                a.connection().setAutoCommit(false);
            }
            if (rollsBack) {
                throw new SQLException("rolled back on purpose", ON_PURPOSE);
            }
        });
        if (done) {
            committed.addAll(values);
        }
    }

    private static void statement(Application a, Random random, String value, List<String> values) throws SQLException {
        String one = "'" + key("mixed/" + random.nextInt(KEYS)) + "'";
        String other = "'" + key("mixed/" + random.nextInt(KEYS)) + "'";
        String upsert = "insert into etcd (key, value) values (" + one
                + ", '%s') on conflict (key) do update set value = excluded.value";
        values.add(value);
        switch (random.nextInt(9)) {
            case 0 -> a.execute("update etcd set value = '" + value + "' where key in (" + one + ", " + other + ")");
            case 1 -> a.execute("delete from etcd where key = " + one);
            case 2 -> {
                a.execute("delete from etcd where key = " + one);
                a.execute("insert into etcd (key, value) values (" + one + ", '" + value + "')");
            }
            case 3 -> {
                a.execute("delete from etcd where key = " + other + " and key <> " + one);
                a.execute("update etcd set key = " + other + " where key = " + one);
            }
            case 4 ->
                a.execute("merge into etcd e using (values (" + one
                        + ")) v (key) on e.key = v.key when matched then update set value = '" + value
                        + "' when not matched then insert (key, value) values (v.key, '" + value + "')");
            case 5 -> {
                a.execute("savepoint s");
                a.execute(String.format(upsert, NEVER));
                a.execute("rollback to savepoint s");
            }
            case 6 -> a.execute("select pg_sleep(0.05) from etcd where key = " + one + " for update");
            case 7 ->
                a.execute("with gone as (delete from etcd where key = " + one
                        + " returning key) insert into etcd (key, value) select key || '+', '" + value
                        + "' from gone on conflict (key) do update set value = excluded.value");
            default -> a.execute(String.format(upsert, value));
        }
    }

    private void foreignWrite(Random random) {
        String key = key("mixed/" + random.nextInt(KEYS));
        if (random.nextInt(4) == 0) {
            sides.etcd.delete(key);
        } else {
            sides.etcd.put(key, "etcd " + random.nextInt());
        }
        // Not faster than the sink. Otherwise the sink works on its backlog and does not meet the clients' locks.
        await().pollInterval(Duration.ofMillis(10)).until(() -> true);
    }
}
