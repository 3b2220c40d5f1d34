package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.testing.kit.TestSinkContext;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Tests crashes, repeated records, lost records and records that can never be applied. */
class DeliveryIT {

    private final Postgres postgres = Postgres.shared();

    @Test
    void afterACrashTheConsumerSeeksTheFirstUnappliedRecord() {
        try (Bench b = new Bench(postgres)) {
            SinkRecord[] records = {b.event("/k/a", "1", 5), b.event("/k/b", "1", 6), b.event("/k/a", "2", 7)};
            b.put(records);
            b.crash();
            assertThat(b.context.seeks()).containsEntry(Bench.PARTITION, 3L);
            b.put(b.event("/k/a", "3", 8));
            assertThat(b.table()).containsExactly("/k/a=3@8", "/k/b=1@6");
            assertThat(b.one("select count(*) from etcd_sync.etcd_sink_offset where next_offset = 4"))
                    .isEqualTo("1");
        }
    }

    @Test
    void recordsDeliveredBeforeTheSeekAreSkipped() {
        try (Bench b = new Bench(postgres)) {
            SinkRecord first = b.event("/k/a", "1", 5);
            SinkRecord second = b.event("/k/a", "2", 6);
            b.put(first, second);
            b.task.stop();
            b.task = new PostgresSinkTask();
            b.context = new TestSinkContext(Map.of());
            b.task.initialize(b.context);
            b.task.start(b.settings);
            b.task.open(List.of(Bench.PARTITION));
            b.put(first, second); // the group's offset was behind
            assertThat(b.context.seeks()).containsEntry(Bench.PARTITION, 2L);
            assertThat(b.history()).hasSize(2);
        }
    }

    @Test
    void aRecreatedTopicBeginsAtItsOwnOffsets() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6));
            b.crash();
            b.topicBeginsAt(0);
            b.put(b.event("/k/a", "3", 7));
            assertThat(b.table()).containsExactly("/k/a=3@7");
            assertThat(b.one("select next_offset from etcd_sync.etcd_sink_offset"))
                    .isEqualTo("1");
        }
    }

    @Test
    void deferredRecordsAreDeliveredAgainAfterACrash() throws Exception {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            SinkRecord[] records = {b.event("/k/a", "2", 6), b.event("/k/b", "1", 7)};
            try (Connection app = b.connect();
                    Statement statement = app.createStatement()) {
                app.setAutoCommit(false);
                statement.execute("select from public.etcd for update");
                b.put(records);
                b.crash();
                app.rollback();
            }
            assertThat(b.context.seeks()).containsEntry(Bench.PARTITION, 1L);
            b.put(records);
            assertThat(b.table()).containsExactly("/k/a=2@6", "/k/b=1@7");
            assertThat(b.history()).hasSize(3);
        }
    }

    /** After the number of partitions changed, earlier records can wait in the old partition of their key. */
    @Test
    void aManifestIgnoresADeferredKeyOfAnotherPartition() throws Exception {
        String key = IntStream.range(0, 100)
                .mapToObj(i -> "/k/" + i)
                .filter(k -> KeyPartitioner.partition(k, 2) == 1)
                .findFirst()
                .orElseThrow();
        try (Bench b = new Bench(postgres)) {
            b.put(b.event(key, "1", 5));
            try (Connection app = b.connect();
                    Statement statement = app.createStatement()) {
                app.setAutoCommit(false);
                statement.execute("select from public.etcd for update");
                b.put(b.event(key, "2", 6), b.page(9, "", "", 2));
                assertThat(b.table()).containsExactly(key + "=1@5");
                app.rollback();
            }
            b.idle();
            assertThat(b.table()).containsExactly(key + "=2@6");
            assertThat(b.history()).hasSize(2);
        }
    }

    @Test
    void aLostConnectionIsRetriedWithTheSameRecords() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            b.disconnect();
            SinkRecord next = b.event("/k/a", "2", 6);
            assertThatThrownBy(() -> b.put(next)).isInstanceOf(RetriableException.class);
            assertThat(b.context.timeoutMs()).isPositive();
            b.putUntilDone(next);
            assertThat(b.table()).containsExactly("/k/a=2@6");
        }
    }

    /** Earlier, the sink tried four times a second for ever: a call without records succeeded in between. */
    @Test
    void aReadOnlyServerIsRetriedWithGrowingPauses() {
        try (Bench b = new Bench(postgres, "retry.backoff.max.ms", "1000")) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("alter database " + b.database + " set default_transaction_read_only = on");
            b.disconnect();
            SinkRecord next = b.event("/k/a", "2", 6);
            assertThatThrownBy(() -> b.put(next)).isInstanceOf(RetriableException.class);
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(b::idle).isInstanceOf(RetriableException.class);
            }
            assertThat(b.context.timeoutMs()).isGreaterThan(800);
            postgres.execute("postgres", "alter database " + b.database + " reset default_transaction_read_only");
            b.putUntilDone(next);
            assertThat(b.table()).containsExactly("/k/a=2@6");
        }
    }

    @Test
    void theConsumerFollowsARestoredDatabaseToItsOffset() {
        try (Bench b = new Bench(postgres)) {
            SinkRecord first = b.event("/k/a", "1", 5);
            SinkRecord second = b.event("/k/a", "2", 6);
            b.put(first);
            b.put(second);
            b.sql("delete from public.etcd; delete from etcd_sync.etcd_wal; delete from etcd_sync.etcd_mirror;"
                    + "delete from etcd_sync.etcd_history; update etcd_sync.etcd_sink_offset set next_offset = 0;"
                    + "update etcd_sync.etcd_sink_chain set last_number = 0");
            b.disconnect();
            b.putUntilDone(b.event("/k/a", "3", 7));
            assertThat(b.context.seeks()).containsEntry(Bench.PARTITION, 0L);
            assertThat(b.table()).isEmpty();
            b.put(first, second);
            assertThat(b.table()).containsExactly("/k/a=2@6");
        }
    }

    @Test
    void droppedTablesAreCreatedAndReadAgain() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            b.sql("drop schema etcd_sync cascade; drop table public.etcd");
            b.putUntilDone(b.event("/k/a", "2", 6));
            assertThat(b.table()).containsExactly("/k/a=2@6");
            assertThat(b.rows("select send_number is null from etcd_sync.etcd_request"))
                    .as("a snapshot is asked for")
                    .isNotEmpty();
        }
    }

    @Test
    void aDroppedDatabaseIsAwaitedAndFilledAgain() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5));
            postgres.execute("postgres", "drop database " + b.database + " with (force)");
            SinkRecord next = b.event("/k/a", "2", 6);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> b.put(next)).isInstanceOf(RetriableException.class);
            }
            postgres.createDatabase(b.database);
            b.putUntilDone(next);
            assertThat(b.table()).containsExactly("/k/a=2@6");
        }
    }

    @Test
    void aRestartOfPostgresIsTolerated() {
        try (Postgres own = Postgres.builder().start();
                Bench b = new Bench(own)) {
            b.put(b.event("/k/a", "1", 5));
            own.kill();
            SinkRecord next = b.event("/k/a", "2", 6);
            assertThatThrownBy(() -> b.put(next)).isInstanceOf(RetriableException.class);
            PostgresSinkTask another = new PostgresSinkTask();
            another.initialize(new TestSinkContext(Map.of()));
            another.start(b.settings);
            another.open(List.of(new TopicPartition(Bench.TOPIC, 1)));
            assertThatThrownBy(() -> another.put(List.of())).isInstanceOf(RetriableException.class);
            another.stop();
            own.start();
            b.putUntilDone(next);
            assertThat(b.table()).containsExactly("/k/a=2@6");
        }
    }

    @Test
    void aSnapshotHealsALossAndAnswersAreIgnoredUntilThen() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.lose();
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED), b.event("/k/b", "1", 6));
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            assertThat(b.table()).contains("/k/b=1@6");
            String request = b.one("select id from etcd_sync.etcd_request where kind = 'snapshot'");
            assertThat(b.rows("select request_id from etcd_sync.etcd_untrusted_range"))
                    .containsExactly(request);
            b.crash();
            b.put(b.end(8, Long.parseLong(request) - 1));
            assertThat(b.rows("select request_id from etcd_sync.etcd_untrusted_range"))
                    .hasSize(1);
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            b.put(b.manifest(9, "/k/b"), b.end(9, Long.parseLong(request)));
            assertThat(b.rows("select request_id from etcd_sync.etcd_untrusted_range"))
                    .isEmpty();
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
            assertThat(b.flight("/k/a")).isEqualTo("inflight probe");
        }
    }

    /** Without a notify source, nobody takes the request. The snapshot that ends second began after the loss. */
    @Test
    void theSecondSnapshotAfterALossHealsItWithoutARequest() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/gone", "1", 5));
            b.lose();
            b.put(b.heartbeat());
            assertThat(b.rows("select send_number from etcd_sync.etcd_request")).hasSize(1);
            b.put(b.end(8, 0, "", "/k/m"));
            assertThat(b.rows("select after_key, through_key, end_seen from etcd_sync.etcd_untrusted_range"))
                    .hasSize(2);
            b.crash();
            b.put(b.manifest(8), b.end(8, 0));
            assertThat(
                            b.rows(
                                    "select after_key || '..' || through_key || ' ' || end_seen from etcd_sync.etcd_untrusted_range"))
                    .containsExactly("/k/m.. true");
            assertThat(b.rows("select id from etcd_sync.etcd_request")).hasSize(1);
            b.put(b.manifest(8), b.end(8, 0));
            assertThat(b.rows("select * from etcd_sync.etcd_untrusted_range")).isEmpty();
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
            assertThat(b.table()).isEmpty();
        }
    }

    /** Two tasks heal the last two ranges of a request at the same time. Neither may leave the request to the other. */
    @Test
    void theRequestGoesWithTheLastOfTwoRangesThatHealAtOnce() throws Exception {
        try (Bench b = new Bench(postgres).ready();
                Connection other = postgres.connect(b.database);
                Statement statement = other.createStatement()) {
            b.put(b.event("/k/gone", "1", 5));
            b.lose();
            b.put(b.heartbeat());
            b.put(b.manifest(8), b.end(8, 0));
            statement.execute("set search_path = etcd_sync");
            statement.execute(
                    "insert into etcd_untrusted_range (route, partition, after_key, through_key, request_id, epoch, end_seen)"
                            + " select route, 1, after_key, through_key, request_id, epoch, end_seen from etcd_untrusted_range");
            other.setAutoCommit(false);
            statement.execute("delete from etcd_untrusted_range where partition = 1");
            statement.execute("select id from etcd_request for update");
            statement.execute("delete from etcd_request r where not exists"
                    + " (select from etcd_untrusted_range u where u.request_id = r.id)");

            CompletableFuture<Void> here = CompletableFuture.runAsync(() -> b.put(b.manifest(8), b.end(8, 0)));
            await("this task waits for the other one, or has passed it")
                    .until(() -> here.isDone()
                            || postgres.query(b.database, "select count(*) from pg_locks where not granted")
                                    .equals(List.of("1")));
            other.commit();
            here.get(30, TimeUnit.SECONDS);

            assertThat(b.rows("select * from etcd_sync.etcd_untrusted_range")).isEmpty();
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
        }
    }

    @Test
    void aRequestThatIsNotAnsweredFailsTheTaskAtLast() {
        try (Bench b = new Bench(postgres, "heal.timeout.ms", "300").ready()) {
            b.lose();
            b.put(b.heartbeat());
            assertFailsAtLast(b, "No notify source has taken it", "snapshot.interval.ms", "heal.timeout.ms");
            b.dispatch();
            b.crash();
            assertFailsAtLast(b, "A notify source has taken it", "etcd sink", "heal.timeout.ms");
            b.settings.put("heal.timeout.ms", "-1");
            b.crash();
            b.put(b.manifest(9), b.end(9, Long.parseLong(b.one("select id from etcd_sync.etcd_request"))));
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
        }
    }

    private static void assertFailsAtLast(Bench b, String... parts) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 50; i++) {
                        b.rows("select pg_sleep(0.1)");
                        b.put();
                    }
                })
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void aTransformMayChangeTheTopic() {
        try (Bench b = new Bench(postgres)) {
            SinkRecord read = b.event("/k/a", "1", 5);
            b.put(read.newRecord(
                    "renamed", 7, read.keySchema(), read.key(), read.valueSchema(), read.value(), read.timestamp()));
            assertThat(b.table()).containsExactly("/k/a=1@5");
        }
    }

    @Test
    void theHistoryPolicyMayFailTheTaskInsteadOfANewEpoch() {
        try (Bench b = new Bench(postgres, "history.policy", "fail").ready()) {
            b.put(b.event("/k/a", "1", 5));
            SinkRecord restored = b.snapshot("/k/a", "older", 5, 6);
            assertThatThrownBy(() -> b.put(restored))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContainingAll("/k/a", "history.policy=fail", "history.policy=resnapshot", "restored");
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
            b.settings.put("history.policy", "resnapshot");
            b.crash();
            b.put(restored);
            assertThat(b.rows("select kind from etcd_sync.etcd_request")).containsExactly("new_epoch");
        }
    }

    @Test
    void theEndMarksOfAllPartsAnswerARequest() {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("insert into public.etcd (key, value) values ('/k/a', '1')");
            b.dispatch();
            b.lose();
            b.put(b.heartbeat());
            long request = Long.parseLong(b.one("select id from etcd_sync.etcd_request where kind = 'snapshot'"));
            b.sql("insert into etcd_sync.etcd_request (id, route, kind, after_key, through_key, reason) values ("
                    + (request - 5) + ", 'etcd', 'snapshot', '/k/c', '/k/d', 'test')");
            b.put(b.end(8, request, "/k/b", "/k/m"));
            assertThat(b.rows("select id from etcd_sync.etcd_request")).containsExactly("" + request);
            assertThat(b.rows("select after_key || '..' || through_key from etcd_sync.etcd_untrusted_range order by 1"))
                    .containsExactlyInAnyOrder("../k/b", "/k/m..");
            b.crash();
            b.put(b.end(9, request, "/k/m", ""));
            b.put(b.answer("/k/a", b.send("/k/a"), Outcome.REFUSED));
            assertThat(b.flight("/k/a")).isEqualTo("inflight -");
            assertThat(b.rows("select id from etcd_sync.etcd_request")).containsExactly("" + request);
            b.put(b.end(9, request, "", "/k/b"));
            assertThat(b.rows("select id from etcd_sync.etcd_request")).isEmpty();
            assertThat(b.rows("select * from etcd_sync.etcd_untrusted_range")).isEmpty();
        }
    }

    @Test
    void aSecondLossWithinAMinuteIsRequestedLater() {
        try (Bench b = new Bench(postgres).ready()) {
            b.lose();
            b.put(b.heartbeat());
            b.dispatch();
            b.lose();
            b.put(b.heartbeat());
            assertThat(b.rows("select id from etcd_sync.etcd_request")).hasSize(1);
            assertThat(b.rows("select request_id = 9223372036854775807 from etcd_sync.etcd_untrusted_range"))
                    .containsExactly("t");
            b.crash(); // a new task does not know the time of the last request
            b.idle();
            assertThat(b.rows("select id from etcd_sync.etcd_request")).hasSize(2);
        }
    }

    @Test
    void aNewTableOnAnOldTopicRequestsASnapshot() {
        try (Bench b = new Bench(postgres)) {
            b.lose();
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.rows("select kind from etcd_sync.etcd_request")).containsExactly("snapshot");
        }
    }

    @Test
    void aRequestIsRepeatedIfALaterEpochDoesNotAnswerIt() {
        try (Bench b = new Bench(postgres).ready()) {
            b.lose();
            b.put(b.heartbeat());
            b.dispatch();
            assertThat(b.rows("select send_number is null from etcd_sync.etcd_request"))
                    .containsExactly("f");
            b.epoch++;
            b.put(b.end(8, 0));
            assertThat(b.rows("select send_number is null from etcd_sync.etcd_request"))
                    .containsExactly("t");
            b.dispatch();
            b.put(b.end(9, 0));
            assertThat(b.rows("select send_number is null from etcd_sync.etcd_request"))
                    .containsExactly("f");
        }
    }

    @Test
    void theLossPolicyFailsTheTaskOrIgnoresALoss() {
        try (Bench b = new Bench(postgres, "loss.policy", "fail").ready()) {
            b.lose();
            SinkRecord record = b.event("/k/a", "1", 5);
            assertThatThrownBy(() -> b.put(record))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContaining("were lost");
        }
        try (Bench b = new Bench(postgres, "loss.policy", "ignore").ready()) {
            b.lose();
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.rows("select kind from etcd_sync.etcd_request")).isEmpty();
        }
    }

    @Test
    void onlyARecordThatAConstraintRefusesIsADeadLetter() {
        try (Bench b = new Bench(postgres).ready()) {
            b.put(b.event("/k/b", "1", 4));
            b.sql("alter table public.etcd add constraint short check (length(value) < 5)");
            b.put(
                    b.event("/k/a", "1", 5),
                    b.event("/k/b", "secret-too-long", 6, 4, 2, 0),
                    b.event("/k/c", "secret-too-long", 7),
                    b.event("/k/d", "1", 8),
                    b.event("/k/e", "too long, but not for long", 9),
                    b.event("/k/e", "1", 10));
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@4", "/k/d=1@8", "/k/e=1@10");
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).containsExactly("/k/b", "/k/c");
            SinkRecord letter = b.context.deadLetters().get(1);
            assertThat(letter.headers().lastWithName("etcdpg.reason").value().toString())
                    .contains("short")
                    .doesNotContain("secret");
            assertThat(letter.headers().lastWithName("etcdpg.revision").value()).isEqualTo(7L);
            assertThat(letter.kafkaOffset()).isEqualTo(5);
            // the next local change is built on the mirrored revision nevertheless
            b.sql("update public.etcd set value = '2' where key = '/k/b'");
            b.dispatch();
            assertThat(b.rows("select base_revision from etcd_sync.etcd_mirror where key = '/k/b'"))
                    .containsExactly("6");
            assertThat(b.one("select next_offset from etcd_sync.etcd_sink_offset"))
                    .isEqualTo("9");
        }
    }

    @Test
    void aRecordThatADeferredTriggerRefusesIsADeadLetter() {
        try (Bench b = new Bench(postgres)) {
            b.sql("create function public.no() returns trigger language plpgsql as "
                    + "$$begin if new.value = 'no' then raise 'not this'; end if; return null; end$$;"
                    + "create constraint trigger no after insert or update on public.etcd deferrable initially deferred "
                    + "for each row execute function public.no()");
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "no", 6));
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).containsExactly("/k/b");
        }
    }

    @Test
    void aRecordWithANulIsADeadLetter() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "\0", 6));
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.context.deadLetters()).hasSize(1);
            assertThat(b.context
                            .deadLetters()
                            .get(0)
                            .headers()
                            .lastWithName("etcdpg.reason")
                            .value()
                            .toString())
                    .contains("\"value\" has a NUL");
            assertThat(b.history()).containsExactly("/k/a put 1@1000.5 etcd");
        }
    }

    @Test
    void foreignRecordsAndKeysOutsideTheRouteAreDeadLetters() {
        try (Bench b = new Bench(postgres)) {
            b.put(
                    b.record("x", null, Map.of("a", 1)),
                    b.event("/other/a", "1", 5),
                    b.event("/k/" + "x".repeat(3_000), "1", 6),
                    b.record("/k/tombstone", null, null),
                    b.event("/k/a", "1", 7));
            assertThat(b.table()).containsExactly("/k/a=1@7");
            assertThat(b.context.deadLetters()).hasSize(3);
        }
    }

    @Test
    void anUnavailableDeadLetterTopicIsRetriedWithoutLocks() {
        try (Bench b = new Bench(postgres)) {
            CompletableFuture<Void> written = new CompletableFuture<>() {
                @Override
                public Void get(long timeout, TimeUnit unit) throws TimeoutException {
                    if (!isDone()) {
                        throw new TimeoutException("as if it had taken so long");
                    }
                    return null;
                }
            };
            b.context.reportResult(written);
            SinkRecord[] records = {b.event("/k/a", "1", 5), b.record("x", null, "what"), b.event("/k/b", "1", 6)};
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> b.put(records))
                        .isInstanceOf(RetriableException.class)
                        .hasMessageContaining("dead letter topic");
                assertThat(b.context.timeoutMs()).isPositive();
            }
            assertThat(b.rows(
                            "select pid from pg_stat_activity where application_name = 'etcd-pg-connect test' and datname = '"
                                    + b.database + "'"))
                    .as("nothing is held meanwhile")
                    .isEmpty();
            written.complete(null);
            b.putUntilDone(records);
            assertThat(b.context.deadLetters()).hasSize(1);
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@6");
            assertThat(b.history()).hasSize(2);
            assertThat(b.one("select next_offset from etcd_sync.etcd_sink_offset"))
                    .isEqualTo("3");
        }
    }

    @Test
    void withoutADeadLetterTopicTheTaskFails() {
        try (Bench b = new Bench(postgres)) {
            b.context.removeReporter();
            SinkRecord bad = b.record("x", null, "what");
            assertThatThrownBy(() -> b.put(bad))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("errors.deadletterqueue.topic.name");
            assertThat(b.one("select count(*) from etcd_sync.etcd_sink_offset where next_offset > 0"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aTriggersWriteInTheSinksTransactionIsALocalChange() {
        try (Bench b = new Bench(postgres)) {
            b.sql("create function public.copy() returns trigger language plpgsql as "
                    + "$$begin insert into public.etcd (key, value) values ('/k/copy', new.value) "
                    + "on conflict (key) do update set value = excluded.value; return null; end$$;"
                    + "create trigger copy after insert on public.etcd for each row when (new.key = '/k/a') "
                    + "execute function public.copy()");
            b.put(b.event("/k/a", "1", 5));
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/copy=1@0");
            assertThat(b.pending()).containsExactly("/k/copy put 1");
        }
    }

    @Test
    void offsetsCanBeAltered() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/a", "1", 5), b.event("/k/a", "2", 6));
            PostgresSinkConnector connector = new PostgresSinkConnector();
            assertThat(connector.alterOffsets(b.settings, Map.of(Bench.PARTITION, 1L)))
                    .isTrue();
            b.crash();
            assertThat(b.context.seeks()).containsEntry(Bench.PARTITION, 1L);
            Map<TopicPartition, Long> reset = new HashMap<>();
            reset.put(Bench.PARTITION, null);
            connector.alterOffsets(b.settings, reset);
            b.crash();
            assertThat(b.context.seeks()).isEmpty();
            assertThatThrownBy(() -> connector.alterOffsets(b.settings, Map.of(Bench.PARTITION, -1L)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("negative");
        }
    }

    @Test
    void aRowThatATriggerSuppressesIsADeadLetter() {
        try (Bench b = new Bench(postgres)) {
            b.sql("create function public.out() returns trigger language plpgsql as "
                    + "$$begin if new.value = 'no' then return null; end if; return new; end$$;"
                    + "create trigger out before insert on public.etcd for each row execute function public.out()");
            b.put(b.event("/k/a", "1", 5), b.event("/k/b", "no", 6));
            b.idle();
            assertThat(b.table()).containsExactly("/k/a=1@5");
            assertThat(b.context.deadLetters()).extracting(SinkRecord::key).containsExactly("/k/b");
            assertThat(b.one("select next_offset from etcd_sync.etcd_sink_offset"))
                    .isEqualTo("2");
        }
    }

    @Test
    void anyTextIsStoredUnchanged() {
        try (Bench b = new Bench(postgres)) {
            List<String> values = List.of(
                    "",
                    "NULL",
                    "null",
                    "{}",
                    "{a,\"b\"}",
                    "\\",
                    "\\\\x",
                    "'",
                    "\"",
                    ",",
                    " ",
                    "\n\r\t",
                    "\u0001",
                    "é",
                    "\uD83D\uDE00",
                    "$1 ?");
            List<SinkRecord> records = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                records.add(b.event("/k/" + values.get(i), values.get(i), 5 + i));
            }
            b.put(records.toArray(SinkRecord[]::new));
            assertThat(b.rows("select value from public.etcd order by mod_revision"))
                    .isEqualTo(values);
            assertThat(b.rows("select value from etcd_sync.etcd_history order by revision"))
                    .isEqualTo(values);
            assertThat(b.rows("select count(*) from etcd_sync.etcd_mirror m join public.etcd t using (key)"
                            + " where value_hash = sha256(convert_to(value, 'UTF8'))"))
                    .containsExactly(Integer.toString(values.size()));
        }
    }

    @Test
    void manyPartitionsAndRoutesInOneTransaction() {
        try (Bench b = new Bench(postgres)) {
            b.task.stop();
            b.settings.put("etcd.prefix", "");
            b.settings.put("routes", "etcd=/k/,other=/o/");
            b.context = new TestSinkContext(Map.of());
            b.task = new PostgresSinkTask();
            b.task.initialize(b.context);
            b.task.start(b.settings);
            TopicPartition second = new TopicPartition(Bench.TOPIC, 1);
            TopicPartition other = new TopicPartition("etcd.other", 0);
            b.task.open(List.of(Bench.PARTITION, second, other));
            SinkRecord a = b.event("/k/a", "1", 5);
            SinkRecord again = b.event("/k/a", "2", 6);
            SinkRecord o = b.event("/o/a", "3", 7);
            b.put(
                    a,
                    Bench.moved(again, second), // the source has another number of partitions
                    Bench.moved(o, other));
            assertThat(b.table()).containsExactly("/k/a=2@6");
            assertThat(b.rows("select key || value from public.other")).containsExactly("/o/a3");
            assertThat(b.rows("select topic || partition || next_offset from etcd_sync.etcd_sink_offset order by 1"))
                    .containsExactly("etcd.etcd01", "etcd.etcd12", "etcd.other03");
        }
    }

    @Test
    void aStricterDefaultIsolationOfTheRoleHasNoEffect() throws Exception {
        try (Bench b = new Bench(postgres).ready()) {
            b.sql("alter database " + b.database + " set default_transaction_isolation = 'repeatable read'");
            b.crash();
            try (Connection app = b.connect();
                    Statement statement = app.createStatement()) {
                app.setAutoCommit(false);
                statement.execute("insert into public.etcd (key, value) values ('/k/a', 'mine')");
                b.put(b.event("/k/a", "theirs", 5));
                app.commit();
            }
            while (!b.table().contains("/k/a=theirs@5")) {
                b.idle();
            }
            assertThat(b.conflicts()).containsExactly("/k/a put mine lost to 5");
        }
    }

    /** Applies an event of each key. */
    private static void putEvents(Bench b, List<String> keys) {
        for (int i = 0; i < keys.size(); i += 500) {
            consume(
                    b,
                    keys.subList(i, Math.min(keys.size(), i + 500)).stream()
                            .map(key -> b.event(key, "v", 5))
                            .toArray(SinkRecord[]::new));
        }
    }

    /** Delivers records until they are applied. Follows the consumer's position as Connect does, because the task may move it back. */
    private static void consume(Bench b, SinkRecord... records) {
        long next = records[0].kafkaOffset();
        long end = records[records.length - 1].kafkaOffset() + 1;
        for (int i = 0; i < 500; i++) {
            long from = next;
            if (from < end && b.context.paused().isEmpty()) {
                next = end;
                b.put(Arrays.stream(records)
                        .filter(record -> record.kafkaOffset() >= from)
                        .toArray(SinkRecord[]::new));
            } else if (b.task.preCommit(Map.of()).get(Bench.PARTITION).offset() == end) {
                return;
            } else {
                b.idle();
            }
            next = b.context.takeSeeks().getOrDefault(Bench.PARTITION, next);
        }
        throw new AssertionError("offset " + end + " is not reached");
    }

    /** Returns keys of which half order differently as UTF-16 than as UTF-8. */
    private static List<String> keys(int number, String suffix) {
        return IntStream.range(0, number)
                .mapToObj(i -> "/k/" + (i % 2 == 0 ? "\uff5e" : "\ud83d\ude00") + i + suffix)
                .toList();
    }

    /** One manifest can delete millions of keys. */
    @Test
    void aManifestOfManyDeletionsIsAppliedInParts() {
        List<String> keys = keys(4_500, "");
        try (Bench b = new Bench(postgres)) {
            putEvents(b, keys);
            SinkRecord manifest = b.manifest(9, keys.get(7));
            SinkRecord end = b.end(9, 0);
            consume(b, manifest, end);
            assertThat(b.table()).containsExactly(keys.get(7) + "=v@5");
            assertThat(b.rows("select count(*) <= 1000 from etcd_sync.etcd_history where op = 'delete' group by xmin"))
                    .hasSizeGreaterThan(4)
                    .containsOnly("t");
            assertThat(b.one("select count(*) from etcd_sync.etcd_history where op = 'delete'"))
                    .isEqualTo("4499");
            assertThat(b.one("select count(*) from etcd_sync.etcd_snapshot")).isEqualTo("1");
            b.put(b.event("/k/a", "1", 10));
            assertThat(b.rows("select 1 from etcd_sync.etcd_request")).isEmpty();
        }
    }

    @Test
    void aManifestProbesManyChangesInFlight() {
        List<String> keys = keys(2_500, "");
        try (Bench b = new Bench(postgres).ready()) {
            putEvents(b, keys);
            b.sql("update public.etcd set value = 'local'");
            for (int i = 0; i < keys.size(); i += 1_000) {
                b.dispatch();
            }
            SinkRecord manifest = b.manifest(9, keys.toArray(String[]::new));
            consume(b, manifest);
            assertThat(b.rows("select next_action || ' ' || count(*) from etcd_sync.etcd_mirror"
                            + " where status = 'inflight' group by next_action"))
                    .containsExactly("probe 2500");
        }
    }

    /** The deletions that wait for a lock do not fill the memory. */
    @Test
    void aManifestWaitsForALockedTableInBoundedMemory() throws Exception {
        List<String> keys = keys(5_000, "k".repeat(1_900));
        try (Bench b = new Bench(postgres)) {
            putEvents(b, keys);
            SinkRecord manifest = b.manifest(9);
            SinkRecord end = b.end(9, 0);
            try (Connection app = b.connect();
                    Statement statement = app.createStatement()) {
                app.setAutoCommit(false);
                statement.execute("lock table public.etcd in share row exclusive mode");
                b.put(manifest, end);
                assertThat(b.context.paused()).containsExactly(Bench.PARTITION);
                assertThat(b.context.takeSeeks()).containsEntry(Bench.PARTITION, manifest.kafkaOffset());
                app.rollback();
            }
            consume(b, manifest, end);
            assertThat(b.table()).isEmpty();
            assertThat(b.one("select count(*) from etcd_sync.etcd_history where op = 'delete'"))
                    .isEqualTo("5000");
            assertThat(b.rows("select 1 from etcd_sync.etcd_request")).isEmpty();
        }
    }
}
