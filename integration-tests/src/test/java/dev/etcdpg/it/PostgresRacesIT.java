package dev.etcdpg.it;

import static dev.etcdpg.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Applications that lock rows in other orders than the sink, and at other isolation levels, while etcd changes the same rows. */
class PostgresRacesIT {
    private static final int KEYS = 60;
    private static final int TRANSACTIONS = 25;
    private static final int STRICT = 150;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Sides sides = Sides.shared();
    private final Deadlocks deadlocks = new Deadlocks(sides);
    private final AtomicInteger rounds = new AtomicInteger();

    @AfterEach
    void bothSidesAreEqualAndNoConnectorWasPartOfADeadlock() {
        sides.settle();
        assertThat(deadlocks.withConnectors()).isEmpty();
    }

    @Test
    void anApplicationInTheOppositeOrderIsNotDisturbed() {
        writeForeign("opposite");
        List<Integer> descending = new ArrayList<>(order());
        Collections.reverse(descending);
        try (Application one = new Application(sides, "opposite 1");
                Application two = new Application(sides, "opposite 2");
                Clients clients = new Clients()) {
            AtomicInteger committed = new AtomicInteger();
            Semaphore attempts = new Semaphore(0);
            writeForeign(clients, "opposite", attempts);
            for (Application application : List.of(one, two)) {
                clients.again(() -> {
                    application.attempt(a -> updateAll(a, "opposite", descending));
                    committed.incrementAndGet();
                    attempts.release();
                });
            }
            awaitCommits(clients, committed, TRANSACTIONS);
            assertThat(one.states()).isEmpty();
            assertThat(two.states()).isEmpty();
        }
    }

    @Test
    void applicationsInRandomOrdersAreNotDisturbed() {
        // each has keys of its own, so that they have no deadlocks of their own
        List<Application> applications = IntStream.range(0, 4)
                .mapToObj(i -> new Application(sides, "random " + i))
                .toList();
        try (Clients clients = new Clients()) {
            AtomicInteger committed = new AtomicInteger();
            for (int i = 0; i < applications.size(); i++) {
                Application application = applications.get(i);
                String name = "random" + i;
                Random random = new Random(i);
                Semaphore attempts = new Semaphore(0);
                writeForeign(clients, name, attempts);
                clients.again(() -> {
                    List<Integer> order = new ArrayList<>(order());
                    Collections.shuffle(order, random);
                    application.attempt(a -> updateAll(a, name, order));
                    committed.incrementAndGet();
                    attempts.release();
                });
            }
            awaitCommits(clients, committed, TRANSACTIONS);
            applications.forEach(application -> assertThat(application.states()).isEmpty());
        }
        applications.forEach(Application::close);
    }

    /** The sink writes etcd's revisions into rows: whoever has a snapshot from before is told so, as with any other writer. */
    @Test
    void strictIsolationSeesSerializationFailuresAndNothingElse() {
        sides.postgres.execute(
                "create table if not exists plain (key text collate \"C\" primary key, value text not null)");
        int mirrored = failures("etcd");
        int plain = failures("plain");
        sides.postgres.execute("drop table plain");
        System.out.println(
                "serialization failures in " + STRICT + " transactions: mirrored " + mirrored + ", plain " + plain);
        assertThat(plain).isZero();
    }

    /** Clients that read and write keys of their own alone; what they are refused. */
    private int failures(String table) {
        List<Application> applications = new ArrayList<>();
        AtomicInteger committed = new AtomicInteger();
        try (Clients clients = new Clients()) {
            for (String level : List.of("repeatable read", "serializable")) {
                for (int i = 0; i < 2; i++) {
                    Application application = new Application(sides, level + " " + i);
                    applications.add(application);
                    String key = key("strict/" + level.charAt(0) + i);
                    sides.postgres.execute(
                            "insert into " + table
                                    + " (key, value) values (?, '0') on conflict (key) do update set value = '0'",
                            key);
                    clients.again(() -> {
                        boolean done = application.attempt(a -> {
                            a.execute("set transaction isolation level " + level);
                            a.execute("select value, pg_sleep(0.01) from " + table + " where key = ?", key);
                            a.execute("update " + table + " set value = value::int + 1 where key = ?", key);
                        });
                        committed.addAndGet(done ? 1 : 0);
                    });
                }
            }
            awaitCommits(clients, committed, STRICT);
        }
        int failures = 0;
        for (Application application : applications) {
            assertThat(Set.of(Application.SERIALIZATION_FAILURE)).containsAll(application.states());
            failures += application.states().size();
            application.close();
        }
        return failures;
    }

    private void awaitCommits(Clients clients, AtomicInteger committed, int count) {
        await("transactions").atMost(PATIENCE).until(() -> {
            clients.check();
            return committed.get() >= count;
        });
    }

    /** A transaction of etcd whenever PostgreSQL had some, so that the sink is never far behind. */
    private void writeForeign(Clients clients, String name, Semaphore attempts) {
        writeForeign(name);
        clients.again(() -> {
            if (attempts.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                attempts.drainPermits();
                writeForeign(name);
            }
        });
    }

    private void writeForeign(String name) {
        int round = rounds.incrementAndGet();
        sides.etcd.putMany(KEYS, i -> key(name + "/" + pad(i)), i -> "etcd " + round);
    }

    private static void updateAll(Application application, String name, List<Integer> order)
            throws java.sql.SQLException {
        for (int i : order) {
            application.execute(
                    "update etcd set value = 'app ' || clock_timestamp() where key = ?", key(name + "/" + pad(i)));
        }
    }

    private static List<Integer> order() {
        return IntStream.range(0, KEYS).boxed().toList();
    }

    private static String pad(int i) {
        return String.format("%03d", i);
    }
}
