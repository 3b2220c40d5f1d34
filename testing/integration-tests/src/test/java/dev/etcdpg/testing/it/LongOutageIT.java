package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.LocalServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A store or the broker is away for a while. Soon after its return changes pass in both directions. Short outages are part of the chaos
 * tests, so the build leaves this class out; {@code -Dit.outage.seconds=600} tries the pauses that only a long outage reaches.
 */
@EnabledIfSystemProperty(named = "it.outage.seconds", matches = "\\d+", disabledReason = "takes as long as you say")
class LongOutageIT {

    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("it.outage.seconds", 4));

    private static final Duration SOON = Duration.ofSeconds(15);

    private final Sides sides = Sides.shared();

    @AfterAll
    static void settle() {
        Sides.shared().settle();
    }

    @Test
    void afterAnOutageOfEtcdBothDirectionsContinueSoon() throws InterruptedException {
        outage("etcd", sides.stack.etcd());
    }

    @Test
    void afterAnOutageOfPostgresBothDirectionsContinueSoon() throws InterruptedException {
        outage("postgres", sides.stack.postgres());
    }

    @Test
    void afterAnOutageOfKafkaBothDirectionsContinueSoon() throws InterruptedException {
        outage("kafka", sides.stack.kafka());
    }

    /** The connections stay open, and nothing comes over them. */
    @Test
    void afterAFrozenEtcdBothDirectionsContinueSoon() throws InterruptedException {
        sides.stack.etcd().stop();
        Thread.sleep(OUTAGE.toMillis());
        sides.stack.etcd().cont();
        bothDirectionsContinue("frozen");
    }

    private void outage(String name, LocalServer server) throws InterruptedException {
        server.kill();
        Thread.sleep(OUTAGE.toMillis());
        server.start();
        bothDirectionsContinue(name);
    }

    private void bothDirectionsContinue(String name) {
        String fromEtcd = key("outage/" + name + "/etcd/" + OUTAGE);
        String fromSql = key("outage/" + name + "/sql/" + OUTAGE);
        long begin = System.nanoTime();
        // a client that has lived through the outage would wait for its own backoff
        try (TestEtcdClient etcd = new TestEtcdClient(sides.stack.etcd().endpoint())) {
            etcd.put(fromEtcd, "v");
            sides.postgres.execute("insert into etcd (key, value) values (?, 'v')", fromSql);
            await("a change of etcd reaches PostgreSQL after an outage of " + name)
                    .atMost(SOON)
                    .until(() -> sides.postgres.number("select count(*) from etcd where key = ?", fromEtcd) == 1);
            await("a change of PostgreSQL reaches etcd after an outage of " + name)
                    .atMost(SOON.minusNanos(System.nanoTime() - begin))
                    .until(() -> etcd.get(fromSql) != null);
            System.out.printf(
                    "%s was away for %d s; both directions continued after %.1f s%n",
                    name, OUTAGE.toSeconds(), (System.nanoTime() - begin) / 1e9);
        }
    }
}
