package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections break or go silent, and etcd compacts at the worst moment. */
class BrokenStreamsIT {

    private Etcd etcd;
    private TestEtcdClient client;
    private FaultProxy proxy;
    private RunningTask task;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
        proxy = FaultProxy.to(etcd.clientPort());
    }

    @AfterEach
    void stop() {
        if (task != null) {
            task.close();
        }
        proxy.close();
        client.close();
        etcd.close();
    }

    private RunningTask run(String... settings) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "source",
                "etcd.endpoints",
                "http://127.0.0.1:" + proxy.port(),
                "etcd.prefix",
                "/app/",
                "partitions",
                "2"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        task = new RunningTask(config);
        return task;
    }

    @Test
    void cutAfterAnyNumberOfBytesOfABacklogEveryEventComesOnceInOrder() {
        run("retry.backoff.max.ms", "50");
        task.untilEnds(1);
        List<Long> written = new ArrayList<>();
        long[] some = {1_000, 33_333, 100_000};
        long[] many = {0, 1, 100, 1_000, 3_333, 10_000, 33_333, 65_536, 100_000, 222_222, 500_000};
        for (long bytes : Boolean.getBoolean("long") ? many : some) {
            task.stop();
            for (int i = 0; i < 40; i++) {
                written.add(client.put("/app/" + (i % 9), "x".repeat(10_000)));
            }
            // the proxy cuts the connection after a growing number of bytes, until the whole backlog fits
            proxy.cutAfter(bytes);
            task.start();
            for (int i = 0; i < 6; i++) {
                task.poll();
                proxy.cutAfter(bytes + 50_000L * i);
            }
            proxy.cutAfter(FaultProxy.UNLIMITED);
            proxy.cut();
            task.until(t -> t.events().size() >= written.size());
        }
        task.drain();
        assertThat(task.events().stream().map(e -> e.at().revision())).containsExactlyElementsOf(written);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void cutWhileItIsLiveEveryEventComesOnceInOrder() {
        run("retry.backoff.max.ms", "50");
        task.untilEnds(1);
        List<Long> written = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20; i++) {
                written.add(client.put("/app/" + (i % 9), "v"));
            }
            task.poll();
            proxy.cut();
        }
        task.until(t -> t.events().size() >= written.size());
        task.drain();
        assertThat(task.events().stream().map(e -> e.at().revision())).containsExactlyElementsOf(written);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void silenceIsNoticedWithinTheConfiguredTimeWhateverTheHeartbeat() {
        run("watch.timeout.ms", "2000", "etcd.request.timeout.ms", "1000");
        task.untilEnds(1);
        client.put("/app/a", "1");
        task.until(t -> t.events().size() == 1);
        proxy.swallow();
        long at = System.nanoTime();
        client.put("/app/a", "2");
        // the proxy forwards no bytes for 6 seconds
        while (task.metric(Counter.WATCHES_REOPENED) == 0 && System.nanoTime() - at < 20_000_000_000L) {
            task.poll();
            if (System.nanoTime() - at > 6_000_000_000L) {
                proxy.heal();
            }
        }
        task.until(t -> t.events().size() == 2);
        task.drain();
        assertThat(task.events()).hasSize(2);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void aSnapshotGoesOnAfterALostConnection() {
        for (int i = 0; i < 60; i++) {
            client.put("/app/" + (100 + i), "v");
        }
        run("snapshot.fetch.size", "5", "retry.backoff.max.ms", "50");
        for (int cut = 1; cut <= 4; cut++) {
            int rows = 10 * cut;
            task.until(t -> t.rows().size() >= rows);
            client.delete("/app/" + (100 + cut));
            client.put("/app/" + (159 - cut), "w");
            proxy.cut();
        }
        task.untilEnds(1);
        task.until(t -> t.events().size() >= 8);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void compactedTwiceInARowWhileAway() {
        run();
        task.untilEnds(1);
        for (int round = 1; round <= 2; round++) {
            task.stop();
            client.put("/app/" + round, "1");
            client.delete("/app/" + (round - 1));
            client.compact(client.put("/app/x", "r" + round));
            task.start();
            task.untilEnds(1 + round);
            assertThat(task.metric(Counter.COMPACTIONS)).isEqualTo(1);
            Follower.of(task.sourceRecords()).holds(client, "/app/");
        }
    }

    /** A kill at the wrong moment can make etcd 3.5.16 lose the deletion at the compacted revision (etcd issue 19179). */
    @Test
    void compactedAtTheNextRevisionTheWatchIsNotTrusted() {
        client.put("/app/a", "1");
        client.put("/app/b", "1");
        run();
        task.untilEnds(1);
        task.stop();
        client.compact(client.delete("/app/a"));
        task.start();
        task.untilEnds(2);
        assertThat(task.events()).isEmpty();
        Follower.of(task.sourceRecords()).holds(client, "/app/");

        client.put("/app/a", "2");
        task.until(t -> t.events().size() == 1);
        task.drain();
        proxy.refuse();
        proxy.cut();
        client.compact(client.delete("/app/a"));
        proxy.heal();
        task.untilEnds(3);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void compactedWhileItWatchesSlowly() {
        run("max.queue.size", "5", "max.batch.size", "2");
        task.untilEnds(1);
        for (int i = 0; i < 3_000; i++) {
            client.putAsync("/app/" + (i % 50), "x".repeat(4_000));
        }
        client.flush();
        task.poll();
        client.compact(client.put("/app/1", "last"));
        proxy.cut();
        long last = client.put("/app/2", "later");
        task.until(t -> t.stored.values().stream().anyMatch(o -> (long) o.get("revision") >= last));
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void aHundredThousandWritesElsewhereAndACompactionNeedNoSnapshot() {
        run("heartbeat.interval.ms", "200");
        task.untilEnds(1);
        client.put("/app/a", "1");
        task.until(t -> t.events().size() == 1);
        writeElsewhere(1_000);
        long now = client.put("/elsewhere/x", "1");
        task.until(t -> t.stored.values().stream().anyMatch(o -> (long) o.get("revision") >= now));
        task.stop();
        client.compact(now);
        task.start();
        client.put("/app/a", "2");
        task.until(t -> t.events().size() == 2);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        assertThat(task.metric(Counter.COMPACTIONS)).isZero();
    }

    @Test
    void valuesNearEtcdsLimitAndABacklogOfThem() {
        String value = "x".repeat(1_500_000);
        client.put("/app/0", value);
        run();
        task.untilEnds(1);
        task.stop();
        for (int i = 0; i < 20; i++) {
            client.put("/app/" + i, value + i);
        }
        task.start();
        task.until(t -> t.events().size() == 20);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void answersThatComeBetweenThePagesOfAnswersAreSent() {
        client.put("/app/a", "1");
        for (int i = 0; i < 30; i++) {
            client.put("/etcd-pg-connect/answer/db1/etcd//app/" + i, "{\"n\":" + i + ",\"outcome\":\"refused\"}");
        }
        run("snapshot.fetch.size", "3");
        task.until(t -> t.of(EtcdRecord.Answer.class).size() >= 4);
        client.put("/app/a", "2");
        // the answers change before and after the page that the source has read
        for (int i : new int[] {0, 9, 8}) {
            client.put(
                    "/etcd-pg-connect/answer/db1/etcd//app/" + i, "{\"n\":" + (100 + i) + ",\"outcome\":\"failed\"}");
        }
        client.put("/app/a", "3");
        task.until(t -> t.of(EtcdRecord.Answer.class).size() >= 33);
        assertThat(task.of(EtcdRecord.Answer.class).stream().map(EtcdRecord.Answer::of))
                .contains(100L, 109L, 108L)
                .containsAll(java.util.stream.LongStream.range(0, 30).boxed().toList());
        List<EtcdRecord> all = task.records();
        long highest = 0;
        for (EtcdRecord record : all) {
            if (record instanceof EtcdRecord.Event event && !event.isSnapshot()) {
                highest = event.at().revision();
            } else if (record instanceof EtcdRecord.Answer answer) {
                assertThat(answer.at().revision())
                        .as("no newer event precedes the answer")
                        .isGreaterThan(highest);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"initial", "no_data"})
    void aModeThatMakesNoSecondSnapshotFailsWhenEtcdHasCompacted(String mode) {
        client.put("/app/before", "1");
        run("snapshot.mode", mode, "heartbeat.interval.ms", "200");
        boolean initial = mode.equals("initial");
        task.until(t -> !t.stored.isEmpty() && !t.snapshotUnderWay());
        client.put("/app/a", "1");
        task.until(t -> t.events().size() == 1);
        assertThat(task.rows()).hasSize(initial ? 1 : 0);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(initial ? 2 : 0);
        task.stop();
        client.put("/app/a", "2");
        task.start();
        task.until(t -> t.events().size() == 2);
        task.stop();
        client.put("/app/a", "3");
        client.compact(client.put("/app/a", "4"));
        task.start();
        assertThatThrownBy(() -> task.until(t -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("compacted")
                .hasMessageContaining("snapshot.mode is " + mode);
        task.stop();
        task.set("snapshot.mode", "when_needed");
        task.start();
        task.untilEnds(initial ? 2 : 1);
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void alwaysMakesASnapshotAtEveryStartAndLeavesNothingOut() {
        run("snapshot.mode", "always");
        task.untilEnds(1);
        task.stop();
        client.put("/app/a", "1");
        client.put("/app/a", "2");
        task.start();
        task.untilEnds(2);
        assertThat(task.events()).hasSize(2);
        assertThat(task.rows()).hasSize(1);
    }

    @Test
    void aRequestOfARangeIsAnsweredByASnapshotOfIt() {
        for (int i = 0; i < 30; i++) {
            client.put("/app/" + (10 + i), "v");
        }
        run("snapshot.fetch.size", "4");
        task.untilEnds(1);
        int rows = task.rows().size();
        client.put("/etcd-pg-connect/request/etcd/5", "{\"after\":\"/app/15\",\"through\":\"/app/20\"}");
        client.put("/etcd-pg-connect/request/etcd/6", "{\"after\":\"/app/22\",\"through\":\"/app/25\"}");
        task.until(
                t -> t.of(EtcdRecord.End.class).stream().anyMatch(end -> end.request() == 6) && !t.snapshotUnderWay());
        assertThat(task.rows().size()).isBetween(rows + 8, rows + 15);
        assertThat(task.rows().subList(rows, task.rows().size()))
                .allSatisfy(row -> assertThat(new KeyRange("/app/15", "/app/25").contains(row.key()))
                        .isTrue());
        assertThat(task.of(EtcdRecord.End.class).subList(2, 4))
                .allSatisfy(end -> assertThat(end.range().after()).isEqualTo("/app/15"));
        task.until(t -> client.all("/etcd-pg-connect/request/").isEmpty());

        // an interrupted snapshot begins again with the same range
        client.put("/etcd-pg-connect/request/etcd/7", "{\"after\":\"/app/15\",\"through\":\"/app/30\"}");
        int before = task.rows().size();
        task.until(t -> t.rows().size() >= before + 4);
        assertThat(task.snapshotUnderWay()).isTrue();
        task.stop();
        task.start();
        task.until(
                t -> t.of(EtcdRecord.End.class).stream().anyMatch(end -> end.request() == 7) && !t.snapshotUnderWay());
        assertThat(task.of(EtcdRecord.End.class).stream()
                        .filter(end -> end.request() == 7)
                        .map(EtcdRecord.End::range))
                .containsOnly(new KeyRange("/app/15", "/app/30"));
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void manyKeysGoThroughALittleMemoryAndProgressIsKnown() {
        int keys = Integer.getInteger("snapshot.keys", 10_000);
        for (int t = 0; t < keys / 100; t++) {
            List<String> page = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                page.add(String.format("/app/%06d-%02d", t, i));
            }
            client.putAll(page, "x".repeat(100));
        }
        run("snapshot.fetch.size", "1000");
        long begun = System.nanoTime();
        long largest = 0;
        long rows = 0;
        while (!(task.metric(Counter.SNAPSHOTS_ENDED) == 1)) {
            rows += task.poll().size();
            largest = Math.max(
                    largest,
                    task.transactions.isEmpty() ? 0 : task.transactions.get(0).size());
            task.transactions.clear();
        }
        assertThat(task.metric(Counter.SNAPSHOT_ROWS)).isEqualTo(keys);
        assertThat(largest)
                .as("a transaction has at most a batch of 2,048 records and a page")
                .isLessThan(4_200);
        System.out.println(rows + " records in "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms, at most " + largest + " at a time");
    }

    /** Writes keys outside of the route, 100 in each revision. */
    private void writeElsewhere(int revisions) {
        List<String> keys =
                IntStream.range(0, 100).mapToObj(i -> "/elsewhere/" + i).toList();
        for (int i = 1; i <= revisions; i++) {
            client.putAllAsync(keys, "v" + i);
            if (i % 50 == 0) {
                client.flush();
            }
        }
        client.flush();
    }
}
