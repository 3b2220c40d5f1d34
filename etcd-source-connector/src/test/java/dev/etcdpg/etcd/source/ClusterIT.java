package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.LocalServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of a cluster of three die, stall and return. The source delivers every event once and in order. */
class ClusterIT {

    private static List<Etcd> members;

    private RunningTask task;
    private Writer writer;
    private String prefix;

    /** Writes one key after the other and ignores failures. The test reads the successful writes from etcd. */
    private static final class Writer implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        Writer(String endpoints, String prefix) {
            thread = new Thread(() -> {
                try (TestEtcdClient client = new TestEtcdClient(endpoints)) {
                    for (int i = 0; !over.get(); i++) {
                        client.tryToPut(prefix + (i % 20), "v" + i);
                    }
                }
            });
            thread.start();
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @BeforeAll
    static void startCluster() {
        members = Etcd.cluster(3);
    }

    @AfterAll
    static void stopCluster() {
        members.forEach(LocalServer::close);
    }

    @BeforeEach
    void start() {
        prefix = "/app" + System.nanoTime() + "/";
        task = new RunningTask(Map.of(
                "name",
                "source",
                "etcd.endpoints",
                endpoints(),
                "etcd.prefix",
                prefix,
                "partitions",
                "2",
                "etcd.request.timeout.ms",
                "1500",
                "watch.timeout.ms",
                "4000"));
        task.untilEnds(1);
        writer = new Writer(endpoints(), prefix);
        task.until(t -> t.events().size() > 50);
    }

    @AfterEach
    void stop() {
        writer.close();
        task.close();
    }

    private static String endpoints() {
        return members.stream().map(Etcd::endpoint).collect(Collectors.joining(","));
    }

    private static Etcd leader() {
        return members.stream().filter(ClusterIT::leads).findFirst().orElseThrow();
    }

    private static boolean leads(Etcd member) {
        String[] status = member.etcdctl("endpoint", "status").split(", ");
        return status[5].equals("true") || status[4].equals("true");
    }

    private static Etcd follower() {
        return members.stream().filter(m -> !leads(m)).findFirst().orElseThrow();
    }

    /** Polls until the task has delivered this number of further events. */
    private void more(int events) {
        int before = task.events().size();
        task.until(Duration.ofSeconds(60), t -> t.events().size() >= before + events);
    }

    private void everyEventCameOnceInOrder() {
        writer.close();
        try (TestEtcdClient client = new TestEtcdClient(endpoints())) {
            long last = client.put(prefix + "last", "1");
            task.until(Duration.ofSeconds(60), t -> t.events().stream().anyMatch(e -> e.at().revision() == last));
            task.drain();
            List<Long> revisions =
                    task.events().stream().map(e -> e.at().revision()).toList();
            assertThat(revisions).isSorted().doesNotHaveDuplicates();
            // no other client writes, so each revision between the first and the last belongs to a key of this test
            assertThat(revisions.get(revisions.size() - 1) - revisions.get(0)).isEqualTo(revisions.size() - 1L);
            Follower.of(task.sourceRecords()).holds(client, prefix);
        }
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        assertThat(task.metric(Counter.NEW_EPOCHS)).isLessThanOrEqualTo(1);
    }

    @Test
    void theLeaderIsKilledUnderLoad() {
        Etcd leader = leader();
        leader.kill();
        more(100);
        leader.start();
        more(100);
        everyEventCameOnceInOrder();
    }

    @Test
    void aFollowerIsKilled() {
        Etcd follower = follower();
        follower.kill();
        more(100);
        follower.start();
        more(100);
        everyEventCameOnceInOrder();
    }

    @Test
    void quorumIsLostAndRegained() {
        members.get(0).kill();
        members.get(1).kill();
        for (int i = 0; i < 5; i++) {
            task.poll();
        }
        // both members start at the same time
        Thread first = new Thread(members.get(0)::start);
        first.start();
        members.get(1).start();
        try {
            first.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        more(100);
        everyEventCameOnceInOrder();
    }

    @Test
    void aMemberThatIsLeftAloneEndsItsWatchesAndTheyGoOnLater() {
        Etcd alone = follower();
        List<Etcd> others = members.stream().filter(m -> m != alone).toList();
        others.forEach(LocalServer::stop);
        for (int i = 0; i < 8; i++) {
            task.poll();
        }
        others.forEach(LocalServer::cont);
        more(100);
        everyEventCameOnceInOrder();
    }

    @Test
    void eachMemberInTurnStandsStill() {
        for (Etcd member : members) {
            member.stop();
            // the writer waits a second for each put to the stopped member
            more(8);
            member.cont();
            more(30);
        }
        everyEventCameOnceInOrder();
    }
}
