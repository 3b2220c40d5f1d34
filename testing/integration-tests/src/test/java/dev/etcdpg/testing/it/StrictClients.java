package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients at REPEATABLE READ and SERIALIZABLE. Each client reads and then writes a row of its own. The class counts the outcomes. */
final class StrictClients implements AutoCloseable {
    private static final List<String> LEVELS = List.of("repeatable read", "serializable");
    private static final int OF_EACH = 2;
    /** The most pending changes of a key. With more of them the source would conflate, and changes would share an outcome. */
    private static final int WAITING = 1;

    /** Changes in PostgreSQL for each write in etcd. */
    private static final int ATTEMPTS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Sides sides;
    private final String table;
    private final String folder = Sides.key("strict/" + System.nanoTime() + "/");
    private final List<Application> applications = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private final Semaphore attempts = new Semaphore(0);
    private final Queue<String> committed = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Queue<String> foreign = new ConcurrentLinkedQueue<>();

    /** @param table with the columns key and value */
    StrictClients(Sides sides, String table) {
        this.sides = sides;
        this.table = table;
        for (String level : LEVELS) {
            for (int i = 0; i < OF_EACH; i++) {
                applications.add(new Application(sides, level + " " + i));
                keys.add(folder + level.replace(' ', '-') + i);
            }
        }
        keys.forEach(key -> sides.postgres.execute("insert into " + table + " (key, value) values (?, 'first')", key));
    }

    /** @param inEtcd whether another writer writes the same keys in etcd. It waits for changes in PostgreSQL, so that the sink is never far behind */
    void commit(int count, boolean inEtcd) {
        try (Clients clients = new Clients()) {
            for (int i = 0; i < applications.size(); i++) {
                int one = i;
                clients.again(() -> transaction(one));
            }
            if (inEtcd) {
                clients.again(this::writeForeign);
            }
            await("transactions").atMost(PATIENCE).until(() -> {
                clients.check();
                return committed.size() >= count;
            });
        }
    }

    private void transaction(int one) {
        Application application = applications.get(one);
        String key = keys.get(one);
        String value = LEVELS.get(one / OF_EACH) + " " + number.incrementAndGet();
        boolean done = application.attempt(a -> {
            a.execute("set transaction isolation level " + LEVELS.get(one / OF_EACH));
            a.execute("select value, pg_sleep(0.01) from " + table + " where key = ?", key);
            a.execute("update " + table + " set value = ? where key = ?", value, key);
        });
        (done ? committed : refused).add(value);
        attempts.release();
        await("changes to be sent")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> waiting(application, key) <= WAITING);
    }

    private static int waiting(Application application, String key) throws SQLException {
        int waiting =
                Integer.parseInt(application.text("select count(*) from etcd_sync.etcd_wal where key = '" + key + "'"));
        application.commit();
        return waiting;
    }

    private void writeForeign() throws InterruptedException {
        if (attempts.tryAcquire(ATTEMPTS, 100, TimeUnit.MILLISECONDS)) {
            String value = "etcd " + number.incrementAndGet();
            sides.etcd.put(keys.get(number.get() % keys.size()), value);
            foreign.add(value);
        }
    }

    /** Checks that PostgreSQL refused transactions only because of serialization failures. */
    void assertStates() {
        applications.forEach(
                application -> assertThat(application.states()).isSubsetOf(Application.SERIALIZATION_FAILURE));
    }

    long refusedAtRepeatableRead() {
        return refused.stream().filter(value -> value.startsWith(LEVELS.get(0))).count();
    }

    /** Checks the outcomes when both sides are equal: each committed change was confirmed or lost, once. A refused change has no trace. */
    void assertOutcomes() {
        Map<String, Integer> confirmed = count(
                "select value from etcd_sync.etcd_history where origin <> 'etcd' and value <> 'first' and starts_with(key, ?)");
        Map<String, Integer> lost =
                count("select value from etcd_sync.etcd_conflict where value <> 'first' and starts_with(key, ?)");
        Map<String, Integer> outcomes = new HashMap<>(confirmed);
        lost.forEach((value, times) -> outcomes.merge(value, times, Integer::sum));
        System.out.println("strict isolation: " + committed.size() + " committed, " + refused.size() + " refused, "
                + confirmed.size() + " confirmed, " + lost.size() + " lost; etcd wrote " + foreign.size());
        assertThat(outcomes).as("each that was committed, and nothing else").containsOnlyKeys(committed);
        assertThat(outcomes.values()).as("has one outcome").containsOnly(1);
        assertThat(confirmed).isNotEmpty();
        assertThat(lost).isNotEmpty();
        Map<String, Integer> fromEtcd =
                count("select value from etcd_sync.etcd_history where origin = 'etcd' and starts_with(key, ?)");
        assertThat(fromEtcd).as("each write of etcd").containsOnlyKeys(foreign);
        assertThat(fromEtcd.values()).as("came once").containsOnly(1);
    }

    private Map<String, Integer> count(String sql) {
        Map<String, Integer> times = new HashMap<>();
        sides.postgres.query(sql, folder).forEach(value -> times.merge(value, 1, Integer::sum));
        return times;
    }

    @Override
    public void close() {
        applications.forEach(Application::close);
    }
}
