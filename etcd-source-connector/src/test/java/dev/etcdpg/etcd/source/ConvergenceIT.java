package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writes, compactions, new epochs, requests, crashes and lost transactions happen in any order. In the end a follower of the records has the
 * keys and values of etcd. No record sets a key back to an older state.
 */
class ConvergenceIT {

    @AutoClose
    private final Etcd etcd = Etcd.started();

    private static final int STEPS = Integer.getInteger("convergence.steps", 400);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whoeverFollowsTheRecordsHoldsWhatEtcdHolds(long seed) {
        Random random = new Random(seed);
        boolean epochs = seed % 2 == 0;
        boolean compacts = seed % 4 != 1;
        List<Long> written = new ArrayList<>();
        try (TestEtcdClient client = new TestEtcdClient(etcd.endpoint());
                RunningTask task = new RunningTask(Map.of(
                        "etcd.endpoints",
                        etcd.endpoint(),
                        "etcd.prefix",
                        "/app/",
                        "partitions",
                        "3",
                        "snapshot.fetch.size",
                        "4",
                        "max.batch.size",
                        "7",
                        "heartbeat.interval.ms",
                        "300"))) {
            task.untilEnds(1);
            long request = 0;
            for (int step = 0; step < STEPS; step++) {
                String key = "/app/" + random.nextInt(25);
                int what = random.nextInt(1_000);
                if (what < 450) {
                    written.add(client.put(key, "s" + step));
                } else if (what < 600) {
                    client.delete(key);
                } else if (what < 650) {
                    client.putAll(List.of(key, "/app/x", "/app/y", "/else"), "t" + step);
                } else if (what < 655 && compacts) {
                    client.compact(client.put("/else", "c"));
                } else if (what < 660) {
                    client.put("/etcd-pg-connect/request/etcd/" + ++request, "{}");
                } else if (what < 664 && epochs) {
                    client.put("/etcd-pg-connect/epoch", Long.toString(System.currentTimeMillis() + step));
                } else if (what < 667 && epochs) {
                    client.delete("/etcd-pg-connect/epoch");
                } else if (what < 671) {
                    task.stop();
                    task.start();
                } else if (what < 676) {
                    task.pollWithoutCommit();
                    task.stop();
                    task.start();
                } else if (what == 676) {
                    etcd.kill();
                    etcd.start();
                } else if (what < 850) {
                    task.poll();
                }
            }
            long last = client.put("/app/last", "1");
            long asked = request;
            task.until(
                    Duration.ofSeconds(60),
                    t -> !t.snapshotUnderWay()
                            && t.stored.values().stream().anyMatch(o -> (long) o.get("revision") >= last));
            Follower follower = new Follower();
            task.sourceRecords().forEach(follower::take);
            follower.holds(client, "/app/");
            if (asked > 0) {
                task.until(t -> t.of(EtcdRecord.End.class).stream().anyMatch(end -> end.request() == asked));
                task.until(t -> client.all("/etcd-pg-connect/request/").isEmpty());
            }
            if (!compacts && !epochs) {
                // the task has delivered every written revision
                List<Long> delivered = task.events().stream()
                        .map(e -> e.at().revision())
                        .distinct()
                        .toList();
                assertThat(delivered).containsAll(written);
            }
            List<Revision> ends = new ArrayList<>();
            task.of(EtcdRecord.End.class).forEach(e -> ends.add(e.at()));
            System.out.println("seed " + seed + ": " + ends.size() / 3 + " snapshots, "
                    + task.records().size() + " records, " + task.metric(SourceMetrics.Counter.COMPACTIONS)
                    + " compactions in the last run");
        }
    }
}
