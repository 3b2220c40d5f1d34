package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdSourceTaskIT {

    private Etcd etcd;
    private TestEtcdClient client;
    private RunningTask task;

    @BeforeEach
    void start() {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
    }

    @AfterEach
    void stop() {
        if (task != null) {
            task.close();
        }
        client.close();
        etcd.close();
    }

    private RunningTask run(String... settings) {
        Map<String, String> config = new HashMap<>(
                Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/", "partitions", "2"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        task = new RunningTask(config);
        return task;
    }

    @Test
    void aSnapshotHasRowsManifestsEndsAndThenComeEvents() {
        for (int i = 0; i < 25; i++) {
            client.put("/app/" + (char) ('a' + i), "v" + i);
        }
        client.put("/other", "no");
        run("snapshot.fetch.size", "10");
        task.untilEnds(1);

        assertThat(task.rows()).hasSize(25).allSatisfy(row -> {
            assertThat(row.snapshotRevision()).isGreaterThanOrEqualTo(row.at().revision());
            assertThat(row.after().modRevision()).isEqualTo(row.at().revision());
        });
        assertThat(task.of(EtcdRecord.class)).allSatisfy(record -> {
            assertThat(record.source().prefix()).isEqualTo("/app/");
            assertThat(record.source().name()).isEqualTo("source");
            assertThat(record.source().clusterId()).isNotEmpty();
        });
        List<EtcdRecord.Manifest> manifests = task.of(EtcdRecord.Manifest.class);
        assertThat(manifests).hasSize(6);
        assertThat(manifests.stream().map(EtcdRecord.Manifest::page).distinct())
                .containsExactly(
                        new KeyRange("", "/app/j"), new KeyRange("/app/j", "/app/t"), new KeyRange("/app/t", ""));
        assertThat(manifests.stream().flatMap(m -> m.keys().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        task.rows().stream().map(EtcdRecord.Event::key).toList());
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2).allSatisfy(end -> {
            assertThat(end.request()).isZero();
            assertThat(end.range()).isEqualTo(KeyRange.ALL);
            assertThat(end.at().epoch()).isEqualTo(Long.parseLong(client.get("/etcd-pg-connect/epoch")));
        });

        client.put("/app/new", "1");
        client.put("/app/new", "2");
        client.delete("/app/new");
        client.delete("/app/a");
        task.until(t -> t.events().size() == 4);
        assertThat(task.events().stream()
                        .map(e -> e.key() + "="
                                + (e.after() == null ? null : e.after().value())))
                .containsExactly("/app/new=1", "/app/new=2", "/app/new=null", "/app/a=null");
        assertThat(ops()).endsWith("c", "u", "d", "d");
        everythingIsChainedAndInItsLane();
        List<SourceRecord> all = task.sourceRecords();
        assertThat(all).allSatisfy(r -> {
            assertThat(r.topic()).isEqualTo("etcd.etcd");
            boolean event = EtcdRecordCodec.decode(r.value()) instanceof EtcdRecord.Event;
            assertThat(r.headers().lastWithName(EtcdRecordCodec.CONTROL_HEADER) == null)
                    .isEqualTo(event);
        });
    }

    @Test
    void aTransactionOfManyKeysIsOneTransaction() {
        run("max.batch.size", "3");
        task.untilEnds(1);
        for (int t = 0; t < 5; t++) {
            client.putAll(IntStream.range(0, 40).mapToObj(i -> "/app/" + i).toList(), "t" + t);
        }
        task.until(t -> t.events().size() == 200);
        for (List<SourceRecord> transaction : task.transactions) {
            Map<Long, Integer> sizes = new HashMap<>();
            for (EtcdRecord record : RunningTask.decode(transaction)) {
                if (record instanceof EtcdRecord.Event event && !event.isSnapshot()) {
                    sizes.merge(event.at().revision(), 1, Integer::sum);
                }
            }
            assertThat(sizes.values()).allMatch(size -> size == 40);
        }
        // no offset points into the middle of a revision
        Set<Long> revisions = new HashSet<>();
        long last = 0;
        for (SourceRecord record : task.sourceRecords()) {
            if (EtcdRecordCodec.decode(record.value()) instanceof EtcdRecord.Event event && !event.isSnapshot()) {
                long offset = (long) record.sourceOffset().get("revision");
                if (offset == event.at().revision()) {
                    revisions.add(offset);
                    last = offset;
                } else {
                    assertThat(offset).isLessThan(event.at().revision());
                    assertThat(last).isNotEqualTo(event.at().revision());
                }
            }
        }
        assertThat(revisions).hasSize(5);
    }

    @Test
    void aRestartGoesOnAtTheOffsetAndDoublesNothing() {
        run();
        task.untilEnds(1);
        client.put("/app/a", "1");
        task.until(t -> t.events().size() == 1);
        task.stop();
        client.put("/app/a", "2");
        client.put("/app/b", "1");
        client.delete("/app/a");
        task.start();
        task.until(t -> t.events().size() == 4);
        task.drain();
        assertThat(task.events().stream().map(e -> e.at().revision()))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void aTransactionThatWasLostComesAgain() {
        run();
        task.untilEnds(1);
        client.put("/app/a", "1");
        while (task.pollWithoutCommit().isEmpty()) {}
        task.stop();
        task.start();
        task.until(t -> t.events().size() == 1);
        task.drain();
        assertThat(task.events()).hasSize(1);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void aSnapshotCutOffByACrashBeginsAgain() {
        for (int i = 0; i < 30; i++) {
            client.put("/app/" + i, "v");
        }
        run("snapshot.fetch.size", "5");
        task.until(t -> t.rows().size() >= 10);
        assertThat(task.snapshotUnderWay()).isTrue();
        task.stop();
        client.delete("/app/0");
        int before = task.rows().size();
        task.start();
        task.untilEnds(1);
        assertThat(task.rows()).hasSize(before + 29);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void compactionWhileAwayLeadsToASnapshot() {
        run();
        task.untilEnds(1);
        client.put("/app/a", "1");
        client.put("/app/b", "1");
        task.until(t -> t.events().size() == 2);
        task.stop();
        client.delete("/app/a");
        client.put("/app/c", "1");
        client.compact(client.put("/app/d", "1"));
        task.start();
        task.untilEnds(2);
        assertThat(task.metric(Counter.COMPACTIONS)).isEqualTo(1);
        assertThat(task.rows().stream().map(EtcdRecord.Event::key))
                .containsExactlyInAnyOrder("/app/b", "/app/c", "/app/d");
        client.put("/app/e", "1");
        task.until(t -> t.events().size() == 3);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void compactionDuringASnapshotLeavesTheRestToALaterRevision() {
        for (int i = 100; i < 130; i++) {
            client.put("/app/" + i, "v");
        }
        run("snapshot.fetch.size", "10");
        task.until(t -> t.rows().size() >= 10);
        client.put("/app/129", "w");
        client.delete("/app/128");
        client.compact(client.put("/app/100", "w"));
        task.untilEnds(1);
        assertThat(task.metric(Counter.PAGES_AT_A_LATER_REVISION)).isEqualTo(1);
        assertThat(task.metric(Counter.COMPACTIONS)).isZero();
        assertThat(task.events()).hasSize(3);
        assertThat(task.rows()).hasSize(29);
        List<EtcdRecord.Manifest> manifests = task.of(EtcdRecord.Manifest.class);
        assertThat(manifests.stream().map(m -> m.at().revision()).distinct()).hasSize(2);
        // each manifest follows the events up to its revision
        List<EtcdRecord> records = task.records();
        for (EtcdRecord.Manifest manifest : manifests) {
            int at = records.indexOf(manifest);
            assertThat(task.events().stream()
                            .filter(e -> e.at().revision() <= manifest.at().revision())
                            .map(records::indexOf))
                    .allMatch(index -> index < at);
        }
    }

    @Test
    void aBrokenWatchLosesNothingAndDoublesNothing() {
        run("retry.backoff.max.ms", "500");
        task.untilEnds(1);
        List<String> written = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 60; i++) {
                client.put("/app/" + (i % 7), "r" + round + "-" + i);
                written.add("/app/" + (i % 7) + "=r" + round + "-" + i);
            }
            task.poll();
            etcd.kill();
            task.poll();
            etcd.start();
        }
        task.until(t -> t.events().size() >= written.size());
        task.drain();
        assertThat(task.events().stream().map(e -> e.key() + "=" + e.after().value()))
                .containsExactlyElementsOf(written);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        assertThat(task.metric(Counter.WATCHES_REOPENED)).isPositive();
    }

    @Test
    void aBacklogLargerThanTheInboundLimitOfGrpcArrives() {
        run();
        task.untilEnds(1);
        task.stop();
        String value = "x".repeat(20_000);
        for (int i = 0; i < 600; i++) {
            client.put("/app/" + i, value);
        }
        task.start();
        task.until(t -> t.events().size() >= 600);
        task.drain();
        assertThat(task.events()).hasSize(600);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void aConnectionThatBreaksWithinTheBacklogLosesNothing() {
        run("max.queue.size", "50", "max.batch.size", "20");
        task.untilEnds(1);
        task.stop();
        for (int i = 0; i < 60; i++) {
            int round = i;
            for (int j = 0; j < 50; j++) {
                client.putAsync("/app/" + round + "-" + j, "x".repeat(2_000));
            }
            client.flush();
        }
        task.start();
        task.until(t -> t.events().size() >= 100);
        etcd.kill();
        task.poll();
        etcd.start();
        task.until(t -> t.events().size() >= 3_000);
        assertThat(task.events().stream().map(EtcdRecord.Event::key))
                .hasSize(3_000)
                .doesNotHaveDuplicates();
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
    }

    @Test
    void largeValuesMakeSmallBatches() {
        for (int i = 0; i < 30; i++) {
            client.put("/app/" + i, "x".repeat(1_000_000));
        }
        run();
        task.untilEnds(1);
        for (int i = 0; i < 60; i++) {
            client.put("/app/" + i, "y".repeat(1_000_000));
        }
        task.until(t -> t.events().size() == 60);
        assertThat(task.transactions).allMatch(t -> t.size() < 40);
        assertThat(task.rows()).hasSize(30);
    }

    @Test
    void otherPartitionsBeginANewEpoch() {
        client.put("/app/a", "1");
        run();
        task.untilEnds(1);
        task.stop();
        task.set("partitions", "3");
        task.start();
        task.until(t -> t.of(EtcdRecord.End.class).size() == 5 && !t.snapshotUnderWay());
        assertThat(task.rows().get(1).at()).isGreaterThan(task.rows().get(0).at());
        assertThat(task.records().get(task.records().size() - 1).chain().previous())
                .isPositive();
    }

    @Test
    void aDeleteIsFollowedByATombstoneIfSoConfigured() {
        run("tombstones.on.delete", "true");
        task.untilEnds(1);
        client.put("/app/a", "1");
        client.delete("/app/a");
        task.until(t -> t.events().size() == 2);
        SourceRecord last = task.sourceRecords().get(task.sourceRecords().size() - 1);
        assertThat(last.key()).isEqualTo("/app/a");
        assertThat(last.value()).isNull();
        assertThat(last.kafkaPartition()).isEqualTo(KeyPartitioner.partition("/app/a", 2));
    }

    @Test
    void aFullQueueHoldsEtcdBackAndLosesNothing() {
        run("max.queue.size", "10", "max.batch.size", "5");
        task.untilEnds(1);
        for (int i = 0; i < 2_000; i++) {
            client.putAsync("/app/" + i, "v");
        }
        client.flush();
        task.until(t -> t.events().size() >= 2_000);
        assertThat(task.events().stream().map(EtcdRecord.Event::key)).doesNotHaveDuplicates();
        assertThat(task.transactions).allMatch(t -> t.size() < 20);
    }

    @Test
    void whatPostgresCanNotHoldIsADeadLetter() {
        client.put("/app/a", "1");
        client.put(bytes("/app/b"), new byte[] {(byte) 0xff, 1});
        client.put(bytes("/app/bad\0key"), bytes("v"));
        run();
        task.untilEnds(1);
        client.put(bytes("/app/c"), bytes("nul\0"));
        client.put(bytes("/app/" + "k".repeat(2_100)), bytes("v"));
        client.put("/app/d", "");
        task.until(t -> t.events().size() == 1);

        assertThat(task.rows()).hasSize(1);
        assertThat(task.of(EtcdRecord.Manifest.class).stream().flatMap(m -> m.keys().stream()))
                .containsExactlyInAnyOrder("/app/a", "/app/b");
        assertThat(task.of(EtcdRecord.Unrepresentable.class).stream().map(u -> u.key() + (u.snapshotRevision() > 0)))
                .containsExactly("/app/btrue", "/app/cfalse");
        List<SourceRecord> dead = task.deadLetters();
        assertThat(dead).hasSize(4).allSatisfy(r -> {
            assertThat(r.topic()).isEqualTo("etcd.dlq");
            Struct value = (Struct) r.value();
            assertThat(value.getString("reason"))
                    .isEqualTo(r.headers().lastWithName("etcdpg.reason").value());
            assertThat(value.getString("route")).isEqualTo("etcd");
            assertThat(value.getInt64("revision")).isPositive();
        });
        assertThat(((Struct) dead.get(0).value()).getBytes("value")).isEqualTo(new byte[] {(byte) 0xff, 1});
        assertThat(((Struct) dead.get(1).value()).getBytes("key")).isEqualTo(bytes("/app/bad\0key"));
        assertThat(dead.get(3).headers().lastWithName("etcdpg.reason").value())
                .isEqualTo("the key has 2105 bytes, more than 2048");

        client.put("/etcd-pg-connect/request/etcd/100", "{}");
        task.untilEnds(2);
        assertThat(task.of(EtcdRecord.Unrepresentable.class))
                .as("the next snapshot repeats the records")
                .hasSize(4);
        assertThat(task.deadLetters())
                .as("the next snapshot repeats no dead letter")
                .hasSize(4);
    }

    @Test
    void anAnswerComesAfterTheEventsBeforeItAndAtOnce() {
        run();
        task.untilEnds(1);
        client.put("/app/a", "1");
        client.put("/etcd-pg-connect/answer/db1/etcd//app/a", "{\"n\":7,\"outcome\":\"refused\",\"reason\":\"base\"}");
        client.put("/etcd-pg-connect/answer/db1/other//app/a", "{\"n\":8,\"outcome\":\"refused\"}");
        client.put("/etcd-pg-connect/answer/db1/etcd//app/b", "rubbish");
        client.delete("/etcd-pg-connect/answer/db1/etcd//app/a");
        client.put("/app/a", "2");
        client.put("/etcd-pg-connect/answer/db1/etcd//app/a", "{\"n\":9,\"outcome\":\"failed\"}");
        task.until(Duration.ofSeconds(5), t -> t.of(EtcdRecord.Answer.class).size() == 2);
        List<EtcdRecord> tail =
                task.records().subList(task.records().size() - 4, task.records().size());
        assertThat(tail.stream().map(r -> r.getClass().getSimpleName()))
                .containsExactly("Event", "Answer", "Event", "Answer");
        EtcdRecord.Answer answer = task.of(EtcdRecord.Answer.class).get(0);
        assertThat(answer.of()).isEqualTo(7);
        assertThat(answer.origin()).isEqualTo("db1");
        assertThat(answer.key()).isEqualTo("/app/a");
        assertThat(answer.outcome()).isEqualTo(Outcome.REFUSED);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void aRequestIsAnsweredBySnapshotThenAnswersAndItsKeyIsRemoved() {
        client.put("/app/a", "1");
        client.put("/etcd-pg-connect/answer/db1/etcd//app/a", "{\"n\":7,\"outcome\":\"refused\"}");
        run();
        task.untilEnds(1);
        assertThat(task.of(EtcdRecord.Answer.class)).hasSize(1);
        client.put("/etcd-pg-connect/request/etcd/1234", "{\"after\":\"\",\"through\":\"\"}");
        client.put("/etcd-pg-connect/request/other/1235", "{\"after\":\"\",\"through\":\"\"}");
        task.untilEnds(2);
        assertThat(task.of(EtcdRecord.End.class).stream().map(EtcdRecord.End::request))
                .containsExactly(0L, 0L, 1234L, 1234L);
        List<String> kinds =
                task.records().stream().map(r -> r.getClass().getSimpleName()).toList();
        assertThat(kinds.lastIndexOf("Answer")).isGreaterThan(kinds.lastIndexOf("End"));
        task.until(t -> client.get("/etcd-pg-connect/request/etcd/1234") == null);
        assertThat(client.get("/etcd-pg-connect/request/other/1235")).isNotNull();
        task.drain();
        assertThat(task.of(EtcdRecord.End.class)).hasSize(4);
    }

    @Test
    void aRequestMadeWhileAwayIsAnswered() {
        run();
        task.untilEnds(1);
        task.stop();
        client.put("/etcd-pg-connect/request/etcd/5", "{}");
        task.start();
        task.untilEnds(2);
        task.until(t -> client.get("/etcd-pg-connect/request/etcd/5") == null);
    }

    @Test
    void anotherEpochIsTakenInOrderAndBeginsASnapshot() {
        client.put("/app/k", "0");
        run();
        task.untilEnds(1);
        long old = Long.parseLong(client.get("/etcd-pg-connect/epoch"));
        client.put("/app/a", "old");
        long at = client.put("/etcd-pg-connect/epoch", Long.toString(old + 10));
        client.put("/app/a", "new");
        task.untilEnds(2);
        task.until(t -> t.events().size() == 2);
        assertThat(task.events())
                .allSatisfy(e -> assertThat(e.at().epoch()).isEqualTo(e.at().revision() > at ? old + 10 : old));
        assertThat(task.of(EtcdRecord.End.class).get(3).at().epoch()).isEqualTo(old + 10);
        assertThat(task.rows()).hasSize(3);
    }

    @Test
    void anEpochThatIsMissingOrBehindIsRaised() {
        run("heartbeat.interval.ms", "200");
        task.untilEnds(1);
        long first = Long.parseLong(client.get("/etcd-pg-connect/epoch"));
        client.delete("/etcd-pg-connect/epoch");
        task.untilEnds(2);
        long second = Long.parseLong(client.get("/etcd-pg-connect/epoch"));
        assertThat(second).isGreaterThan(first);
        client.put("/etcd-pg-connect/epoch", "17");
        task.untilEnds(3);
        assertThat(Long.parseLong(client.get("/etcd-pg-connect/epoch"))).isGreaterThan(second);
        task.stop();
        client.put("/etcd-pg-connect/epoch", "18");
        task.start();
        task.untilEnds(4);
        assertThat(Long.parseLong(client.get("/etcd-pg-connect/epoch"))).isGreaterThan(second);
    }

    /** A {@code del --prefix} of any size makes one revision. */
    @Test
    void aLargeRevisionComesInPartsAndTheOffsetMovesWithTheLast() {
        client.putMany(60_000, i -> "/app/" + "x".repeat(50) + i, i -> "v");
        run();
        task.until(Duration.ofSeconds(60), t -> t.of(EtcdRecord.End.class).size() == 2 && !t.snapshotUnderWay());
        long before = (long) task.stored.values().iterator().next().get("revision");
        client.deletePrefix("/app/");
        task.until(t -> t.events().size() >= 5_000);
        assertThat(task.events()).hasSizeLessThan(20_000);
        assertThat(task.stored.values())
                .allSatisfy(offset -> assertThat(offset.get("revision")).isEqualTo(before));
        task.stop();
        task.start();
        task.until(Duration.ofSeconds(60), t -> t.stored.values().stream()
                .allMatch(offset -> (long) offset.get("revision") > before));
        assertThat(task.transactions).allSatisfy(records -> assertThat(records).hasSizeLessThan(20_000));
        assertThat(task.events().stream().map(EtcdRecord.Event::key).distinct()).hasSize(60_000);
        assertThat(task.of(EtcdRecord.End.class)).hasSize(2);
        client.put("/app/last", "1");
        task.until(t -> t.events().get(t.events().size() - 1).key().equals("/app/last"));
        Follower.of(task.sourceRecords()).holds(client, "/app/");
    }

    @Test
    void allKeysAreReadAgainAfterTheSnapshotInterval() {
        client.put("/app/a", "1");
        run("snapshot.interval.ms", "1000", "heartbeat.interval.ms", "200");
        task.untilEnds(3);
        assertThat(task.rows()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(task.metric(Counter.NEW_EPOCHS)).isEqualTo(1);
    }

    @Test
    void heartbeatsMoveTheOffsetOfAQuietPrefix() {
        run("heartbeat.interval.ms", "200");
        task.untilEnds(1);
        long elsewhere = client.put("/elsewhere", "1");
        task.until(Duration.ofSeconds(5), t -> (long) offset().get("revision") >= elsewhere);
        int beats = task.of(EtcdRecord.Heartbeat.class).size();
        task.until(Duration.ofSeconds(5), t -> t.of(EtcdRecord.Heartbeat.class).size() >= beats + 4);
        assertThat(task.metric(Counter.WATCHES_REOPENED)).isZero();
        everythingIsChainedAndInItsLane();
    }

    @Test
    void moreEventsThanAPageComeWhileASnapshotGoesOn() {
        for (int i = 100; i < 400; i++) {
            client.put("/app/" + i, "v");
        }
        run("snapshot.fetch.size", "3");
        task.until(t -> t.rows().size() >= 3);
        for (int i = 0; i < 50; i++) {
            client.put("/app/" + (100 + i), "w");
            task.poll();
        }
        task.untilEnds(1);
        task.until(t -> t.events().size() == 50);
        assertThat(task.rows()).hasSize(300);
        everythingIsChainedAndInItsLane();
    }

    @Test
    void aPutIsARecordWithinMilliseconds() {
        run();
        task.untilEnds(1);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int expected = i + 1;
            long start = System.nanoTime();
            client.put("/app/" + i, "v");
            while (task.events().size() < expected) {
                task.poll();
            }
            times.add((System.nanoTime() - start) / 1_000);
        }
        times.sort(null);
        System.out.println("put to record, microseconds: median " + times.get(100) + ", 95 % " + times.get(190));
        assertThat(times.get(100)).isLessThan(20_000);
    }

    private Map<String, Object> offset() {
        return task.stored.values().iterator().next();
    }

    private List<String> ops() {
        return task.sourceRecords().stream()
                .map(r -> (Struct) r.value())
                .filter(s -> s.schema().field("op") != null)
                .map(s -> s.getString("op"))
                .toList();
    }

    private void everythingIsChainedAndInItsLane() {
        Map<Integer, Long> last = new HashMap<>();
        for (SourceRecord record : task.sourceRecords()) {
            if (record.kafkaPartition() == null) {
                continue;
            }
            Chain chain = EtcdRecordCodec.decode(record.value()).chain();
            long before = last.getOrDefault(record.kafkaPartition(), 0L);
            assertThat(chain.previous()).isEqualTo(before);
            assertThat(chain.number()).isGreaterThan(before);
            last.put(record.kafkaPartition(), chain.number());
            if (record.key() != null) {
                assertThat(record.kafkaPartition())
                        .isEqualTo(KeyPartitioner.partition((String) record.key(), task.partitions()));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
