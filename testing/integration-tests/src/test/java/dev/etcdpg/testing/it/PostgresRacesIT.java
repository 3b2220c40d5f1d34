package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Applications lock rows in other orders than the sink, and use other isolation levels, while etcd changes the same rows. */
class PostgresRacesIT {
    private static final int KEYS = 60;
    private static final int TRANSACTIONS = 25;
    private static final int STRICT = 100;
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
        // Each application has keys of its own. Otherwise they would have deadlocks with each other.
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

    /** A transaction with a snapshot from before the sink's write gets a serialization failure, as after a write of any client. */
    @Test
    void strictIsolationSeesSerializationFailuresAndNothingElse() {
        try (StrictClients mirrored = new StrictClients(sides, "etcd")) {
            sides.awaitEqual();
            mirrored.commit(STRICT, true);
            sides.awaitEqual();
            mirrored.assertOutcomes();
            mirrored.assertStates();
        }
        onATableThatIsNotMirrored();
    }

    @Test
    void aSnapshotFromBeforeTheSinksWriteIsRefused() {
        String key = key("snapshot");
        sides.etcd.put(key, "first");
        sides.awaitEqual();
        try (Application application = new Application(sides, "snapshot")) {
            for (String level : List.of("repeatable read", "serializable")) {
                application.run("set transaction isolation level " + level).run("select from etcd where key = ?", key);
                sides.etcd.put(key, level);
                await("the row")
                        .until(
                                () -> sides.postgres.query("select value from etcd where key = ?", key),
                                List.of(level)::equals);
                assertThat(application.attempt(a -> a.execute("update etcd set value = 'mine' where key = ?", key)))
                        .as(level)
                        .isFalse();
            }
            assertThat(application.states())
                    .containsExactly(Application.SERIALIZATION_FAILURE, Application.SERIALIZATION_FAILURE);
        }
    }

    /** Runs the same clients on a table that is not mirrored. PostgreSQL refuses none of them. */
    private void onATableThatIsNotMirrored() {
        sides.postgres.execute("create table plain (key text collate \"C\" primary key, value text not null)");
        try (StrictClients plain = new StrictClients(sides, "plain")) {
            plain.commit(STRICT, false);
            // At SERIALIZABLE, PostgreSQL has false positives: neighbours in an index page.
            plain.assertStates();
            assertThat(plain.refusedAtRepeatableRead()).isZero();
        } finally {
            sides.postgres.execute("drop table plain");
        }
    }

    private void awaitCommits(Clients clients, AtomicInteger committed, int count) {
        await("transactions").atMost(PATIENCE).until(() -> {
            clients.check();
            return committed.get() >= count;
        });
    }

    /** Writes in etcd after some changes in PostgreSQL, so that the sink is never far behind. */
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
