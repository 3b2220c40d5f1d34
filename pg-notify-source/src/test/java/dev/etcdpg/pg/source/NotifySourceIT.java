package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotifySourceIT {

    private SourceDatabase db;

    @BeforeEach
    void install() {
        db = SourceDatabase.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void producesChangesInOrderChainedPerPartition() {
        try (TaskRun run = TaskRun.started(db)) {
            for (int i = 0; i < 40; i++) {
                db.put("/a/" + i, "v" + i);
            }
            run.untilReceived(40);
            assertThat(run.sends())
                    .startsWith("/a/0=v0 on 10.0")
                    .endsWith("/a/39=v39 on 10.0")
                    .hasSize(40);
            assertChained(run.received, new HashMap<>());
            for (SourceRecord record : run.received) {
                assertThat(record.topic()).isEqualTo("pg.app");
                assertThat(record.kafkaPartition()).isEqualTo(KeyPartitioner.partition((String) record.key(), 4));
            }
            PgRecord.Change first = (PgRecord.Change) run.records().get(0);
            assertThat(first.origin()).isEqualTo(db.one("select origin from etcd_database"));
            assertThat(first.author()).isEqualTo(SourceDatabase.SERVER.user());
            run.expectQuiet(Duration.ofSeconds(1));
        }
    }

    @Test
    void theMetricsShowWhatWaitsInTheDatabase() {
        for (int i = 0; i < 3; i++) {
            db.put("/a/" + i, "v" + i);
        }
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(3);
            assertThat(run.metrics().value("changes-total", "app", "put")).isEqualTo(3);
            assertThat(run.metrics().value("change-bytes-total", "app", "put")).isEqualTo(3L * ("/a/0".length() + 2));
            assertThat(run.metrics().value("changes-total", "app", "delete")).isZero();
            assertThat(run.metrics().value("pending-changes", "app")).isEqualTo(3);
            assertThat(run.metrics().value("oldest-pending-change-ms", "app")).isPositive();
            assertThat(run.metrics().value("held-changes", "app")).isZero();
            assertThat(run.metrics().value("oldest-held-change-ms", "app")).isZero();
            assertThat(run.metrics().value("dispatch-time-ms-max")).isPositive();
            assertThat(run.metrics().value("consecutive-failures", "postgresql"))
                    .isZero();
        }
        db.run("update etcd_mirror set status = 'held', next_action = null, reason = 'too large' where key = '/a/1'");
        db.confirm("/a/0", 100);
        try (TaskRun run = TaskRun.started(db)) {
            run.poll();
            run.poll();
            assertThat(run.metrics().value("pending-changes", "app")).isEqualTo(2);
            assertThat(run.metrics().value("held-changes", "app")).isEqualTo(1);
            assertThat(run.metrics().value("oldest-held-change-ms", "app")).isPositive();
        }
    }

    @Test
    void quickUpdatesOfARowGoOutOneByOne() {
        try (TaskRun run = TaskRun.started(db)) {
            for (int i = 1; i <= 5; i++) {
                db.put("/a/1", "v" + i);
            }
            for (int i = 1; i <= 5; i++) {
                run.untilReceived(i);
                db.confirm("/a/1", 100 + i);
            }
            run.expectQuiet(Duration.ofMillis(300));
            assertThat(run.sends())
                    .containsExactly(
                            "/a/1=v1 on 10.0",
                            "/a/1=v2 on 10.101",
                            "/a/1=v3 on 10.102",
                            "/a/1=v4 on 10.103",
                            "/a/1=v5 on 10.104");
            assertThat(db.rows("select * from etcd_wal")).isEmpty();
        }
    }

    @Test
    void aThousandUpdatesOfARowAreTakenTogether() {
        try (TaskRun run = TaskRun.started(db)) {
            db.put("/a/1", "v0");
            run.untilReceived(1);
            for (int i = 1; i <= 1000; i++) {
                db.put("/a/1", "v" + i);
            }
            db.confirm("/a/1", 101);
            run.untilReceived(2);
            db.confirm("/a/1", 102);
            run.expectQuiet(Duration.ofMillis(300));
            assertThat(run.sends()).containsExactly("/a/1=v0 on 10.0", "/a/1=v1000 on 10.101");
            assertThat(db.rows("select * from etcd_wal")).isEmpty();
        }
    }

    @Test
    void aChangeTravelsAtOnce() {
        // without a notification, a change would wait for up to 20 seconds
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "20000")) {
            run.poll();
            List<Long> micros = new ArrayList<>();
            try (Connection app = db.connect();
                    var statement = app.prepareStatement("insert into app (key, value) values (?, 'v')")) {
                for (int i = 1; i <= 50; i++) {
                    statement.setString(1, "/a/" + i);
                    statement.execute();
                    long committed = System.nanoTime();
                    run.untilReceived(i);
                    micros.add((System.nanoTime() - committed) / 1000);
                }
            } catch (java.sql.SQLException e) {
                throw new AssertionError(e);
            }
            Collections.sort(micros);
            System.out.printf(
                    "commit to record: median %.1f ms, worst of 50 %.1f ms%n",
                    micros.get(25) / 1e3, micros.get(49) / 1e3);
        }
    }

    @Test
    void afterACrashTheSameIsProducedUnderTheSameNumbers() {
        Map<Map<String, ?>, Map<String, Object>> committed = new HashMap<>();
        List<SourceRecord> first;
        try (TaskRun run = new TaskRun(db.settings(), committed)) {
            for (int i = 0; i < 20; i++) {
                db.put("/a/" + i, "v" + i);
            }
            first = run.untilReceived(20).received;
            run.commit(8);
        }
        db.put("/a/new", "w");
        try (TaskRun run = new TaskRun(db.settings(), committed)) {
            run.untilReceived(13);
            assertThat(values(run.received.subList(0, 12))).isEqualTo(values(first.subList(8, 20)));
            assertThat(run.sends()).last().isEqualTo("/a/new=w on 10.0");
            // the second run continues the chains that the first 8 records began
            Map<String, Long> chain = new HashMap<>();
            first.subList(0, 8).forEach(r -> chain.put(partition(r), chain(r).number()));
            assertChained(run.received, chain);
        }
    }

    @Test
    void whatWasSettledMeanwhileIsNotProducedAgain() {
        db.put("/a/1", "x");
        db.put("/a/2", "y");
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(2);
        }
        db.confirm("/a/1", 100);
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(1);
            assertThat(run.sends()).containsExactly("/a/2=y on 10.0");
        }
    }

    @Test
    void aRestoredDatabaseUsesNoNumberTwice() {
        Map<Map<String, ?>, Map<String, Object>> committed = new HashMap<>();
        String origin = db.one("select origin from etcd_database");
        long future = System.currentTimeMillis() * 1000 + 3_600_000_000L;
        committed.put(Map.of("origin", origin), Map.of("number", future, "app/0", 17L));
        db.put("/a/1", "x");
        try (TaskRun run = new TaskRun(db.settings(), committed)) {
            run.untilReceived(1);
            assertThat(chain(run.received.get(0)).number()).isEqualTo(future + 1);
        }
    }

    @Test
    void aLateCommitIsProducedToo() throws Exception {
        try (TaskRun run = TaskRun.started(db);
                Connection late = db.connect();
                var statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("insert into app (key, value) values ('/a/late', 'x')");
            db.put("/a/early", "y");
            run.untilReceived(1);
            late.commit();
            run.untilReceived(2);
            assertThat(run.sends()).containsExactly("/a/early=y on 10.0", "/a/late=x on 10.0");
        }
    }

    @Test
    void aListenerThatIsKilledIsReplacedAndNothingIsMissed() {
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "20000")) {
            run.poll();
            db.run(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etcd-pg-connect listener'"
                            + " and datname = current_database()");
            db.put("/a/1", "x");
            run.untilReceived(1);
            db.put("/a/2", "y");
            run.untilReceived(2);
        }
    }

    /**
     * Applications make more changes than the triggers send notifications. One of the changes commits after the source has asked for more
     * notifications and waits.
     */
    @Test
    void aChangeWhoseNotificationWasWithheldIsFoundSoon() throws Exception {
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "20000");
                Connection late = db.connect();
                var statement = late.createStatement()) {
            run.poll();
            run.poll();
            for (int i = 0; i < 60; i++) {
                db.put("/a/" + i, "x");
            }
            late.setAutoCommit(false);
            statement.execute("insert into app (key, value) values ('/a/late', 'x')");
            run.untilReceived(60);
            run.poll();
            late.commit();
            long committed = System.nanoTime();
            run.untilReceived(61);
            assertThat(Duration.ofNanos(System.nanoTime() - committed)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void everyRecordNamesTheDatabaseAndACopyMayBecomeItsOwn() {
        try (TaskRun run = TaskRun.started(db, "retry.backoff.ms", "10")) {
            db.put("/a/1", "x");
            run.untilReceived(1);
            String before = db.one("select origin from etcd_database");
            String database = db.one("select database from etcd_identity()");
            assertThat(PgRecordCodec.database(run.received.get(0).value())).isEqualTo(database);

            db.run("select etcd_become_original()");
            run.untilReceived(2);

            PgRecord again = run.records().get(1);
            assertThat(again.origin())
                    .isEqualTo(db.one("select origin from etcd_database"))
                    .isNotEqualTo(before);
            assertThat(again.key()).isEqualTo("/a/1");
            assertThat(again.chain().previous())
                    .as("the new origin begins a chain of its own")
                    .isZero();
        }
    }

    @Test
    void sequencesBehindTheirRowsAreRaisedAtTheStart() {
        db.put("/a/1", "x");
        db.run("update etcd_mirror set settled_id = 5");
        db.run("insert into etcd_mirror (route, key, settled_id) values ('app', '/a/1', 5)");
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(1);
            assertThat(db.one("select id from etcd_wal")).isEqualTo("6");
        }
    }

    /** The role may connect and has no rights on the bookkeeping schema. The task must not take the missing rights for a missing schema. */
    @Test
    void aRoleWithoutRightsIsToldWhichCallGrantsThem() {
        String role = "plain_" + db.name;
        db.run("create role " + role + " login password 'plain'");
        Map<String, String> settings = db.settings();
        settings.put("connection.user", role);
        settings.put("connection.password", "plain");
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            assertThatThrownBy(run::poll)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("role " + role + " may not use the schema etcd_sync")
                    .hasMessageContaining("etcd_grant_to_source('" + role + "')");
        }
        db.run("select etcd_grant_to_source('" + role + "')");
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            db.put("/a/1", "x");
            run.untilReceived(1);
        }
        db.run("drop owned by " + role + "; drop role " + role);
    }

    @Test
    void aLostConnectionIsReplaced() {
        try (TaskRun run = TaskRun.started(db, "retry.backoff.ms", "10")) {
            run.poll();
            db.run(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etcd-pg-connect%'"
                            + " and datname = current_database()");
            db.put("/a/1", "x");
            run.untilReceived(1);
            assertThat(run.sends()).containsExactly("/a/1=x on 10.0");
        }
    }

    @Test
    void pollingOnlyNeedsNoNotification() {
        db.run("alter database \"" + db.name + "\" set etcd_sync.notify = off");
        try (TaskRun run = TaskRun.started(db, "notify", "false", "poll.interval.ms", "50")) {
            run.poll();
            db.put("/a/1", "x");
            run.untilReceived(1);
            assertThat(db.one(
                            "select count(*) from pg_stat_activity where application_name = 'etcd-pg-connect listener'"
                                    + " and datname = current_database()"))
                    .isEqualTo("0");
        }
    }

    @Test
    void conflictsGoToTheirTopic() {
        db.run(
                "insert into etcd_conflict (route, key, change_id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision,"
                        + " won_epoch, won_revision, reason) values ('app', '/a/1', 5, 'put', 'mine', '1', 'me', '2026-01-02 03:04:05+00', 77,"
                        + " 10, 3, 10, 4, 'changed in etcd')");
        db.put("/a/2", "x");
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(2);
            SourceRecord conflict = run.received.get(0);
            assertThat(conflict.topic()).isEqualTo("pg.conflicts");
            assertThat(conflict.key()).isEqualTo("/a/1");
            Struct value = (Struct) conflict.value();
            assertThat(value.getString("value")).isEqualTo("mine");
            assertThat(value.getString("author")).isEqualTo("me");
            assertThat(value.getString("changed_at")).isEqualTo("2026-01-02T03:04:05Z");
            assertThat(value.getInt64("send_number")).isEqualTo(77);
            assertThat(value.getInt64("base_revision")).isEqualTo(3);
            assertThat(value.getInt64("won_revision")).isEqualTo(4);
            assertThat(value.getString("reason")).isEqualTo("changed in etcd");
            assertChained(run.received.subList(1, 2), new HashMap<>());
        }
    }

    @Test
    void requestsAndNewEpochsGoToTheFirstPartition() {
        db.run("select etcd_resync('/a/x/', '/a/y', 'app')");
        db.run(
                "insert into etcd_request (id, route, kind, epoch, reason) values (9000000000000000, 'app', 'new_epoch', 10, 'why')");
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(2);
            assertThat(run.received).allMatch(r -> r.kafkaPartition() == 0);
            assertThat(run.sends()).containsExactly("request KeyRange[after=/a/x/, through=/a/y]", "new epoch, not 10");
            assertChained(run.received, new HashMap<>());
        }
    }

    @Test
    void probesNameTheChange() {
        db.put("/a/1", "x");
        try (TaskRun run = TaskRun.started(db)) {
            run.untilReceived(1);
            db.run(
                    "update etcd_mirror set next_action = 'probe'; insert into etcd_dispatch_queue (route, key) values ('app', '/a/1'); select etcd_notify()");
            run.untilReceived(2);
            PgRecord.Probe probe = (PgRecord.Probe) run.records().get(1);
            assertThat(probe.of()).isEqualTo(chain(run.received.get(0)).number());
            assertChained(run.received, new HashMap<>());
        }
    }

    @Test
    void quietPartitionsGetHeartbeatsThatNameTheLastNumber() {
        db.put("/a/1", "x");
        try (TaskRun run = TaskRun.started(db, "heartbeat.interval.ms", "300", "poll.interval.ms", "50")) {
            run.untilReceived(9);
            Map<Integer, Long> last = new HashMap<>();
            for (SourceRecord record : run.received) {
                Chain chain = chain(record);
                if (PgRecordCodec.decode(record.value()) instanceof PgRecord.Heartbeat) {
                    assertThat(chain.number()).isEqualTo(chain.previous());
                    assertThat(chain.number()).isEqualTo(last.getOrDefault(record.kafkaPartition(), 0L));
                    assertThat(record.key()).isNull();
                    last.putIfAbsent(record.kafkaPartition(), 0L);
                } else {
                    last.put(record.kafkaPartition(), chain.number());
                }
            }
            assertThat(last).containsOnlyKeys(0, 1, 2, 3);
        }
    }

    @Test
    void aLockedKeyIsSoonLookedAtAgain() throws Exception {
        db.put("/a/1", "x");
        db.put("/a/2", "y");
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "20000");
                Connection sink = db.connect();
                var statement = sink.createStatement()) {
            run.untilReceived(2);
            db.confirm("/a/1", 100);
            sink.setAutoCommit(false);
            statement.execute("select from etcd_mirror where key = '/a/1' for update");
            db.put("/a/1", "z");
            run.poll();
            sink.commit();
            run.untilReceived(3);
            assertThat(run.sends()).last().isEqualTo("/a/1=z on 10.100");
        }
    }

    @Test
    void manyChangesComeInBatches() {
        db.run("insert into app (key, value) select '/a/' || i, 'v' from generate_series(1, 5000) i");
        try (TaskRun run = TaskRun.started(db)) {
            long start = System.nanoTime();
            run.untilReceived(5000);
            System.out.printf("dispatch and read: %.0f records/s%n", 5000 / ((System.nanoTime() - start) / 1e9));
            assertChained(run.received, new HashMap<>());
        }
    }

    @Test
    void waitsForTheSchema() {
        try (SourceDatabase fresh = SourceDatabase.empty();
                TaskRun run = TaskRun.started(fresh)) {
            assertThat(run.poll()).isZero();
            fresh.install();
            fresh.put("/a/1", "x");
            run.untilReceived(1);
        }
    }

    @Test
    void aSchemaThatIsDroppedAndMadeAnewIsWaitedFor() {
        try (TaskRun run = TaskRun.started(db)) {
            db.put("/a/1", "x");
            run.untilReceived(1);
            db.run("drop schema etcd_sync cascade; drop table public.app");
            for (int i = 0; i < 3; i++) {
                assertThat(run.poll()).isZero();
            }
            db.install();
            db.put("/a/2", "y");
            run.untilReceived(2);
            // the new schema has another origin, which begins a chain of its own
            assertThat(chain(run.received.get(1)).previous()).isZero();
        }
    }

    @Test
    void afterALostConnectionNothingIsProducedTwice() {
        try (TaskRun run = TaskRun.started(db, "retry.backoff.ms", "10")) {
            db.put("/a/1", "x");
            run.untilReceived(1);
            // no offset is committed, so the task itself must remember the last number
            disconnect();
            db.put("/a/2", "y");
            run.untilReceived(2);
            assertThat(run.sends()).containsExactly("/a/1=x on 10.0", "/a/2=y on 10.0");
        }
    }

    @Test
    void keysStayInTheirPartitions() {
        Map<Map<String, ?>, Map<String, Object>> committed = new HashMap<>();
        db.put("/a/1", "x");
        try (TaskRun run = new TaskRun(db.settings(), committed)) {
            run.untilReceived(1).commit(1);
        }
        Map<String, String> settings = db.settings();
        settings.put("partitions", "8");
        try (TaskRun run = new TaskRun(settings, committed)) {
            assertThatThrownBy(run::poll)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("\"partitions\" was 4 and is now 8");
        }
    }

    /** A file is posted under two names, or to two Connect clusters. The sources announce themselves when they begin, and every 15 s. */
    @Test
    void anotherSourceIsNoticed() {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (TaskRun first = TaskRun.started(db, "name", "first", "retry.backoff.ms", "10");
                TaskRun second = TaskRun.started(db, "name", "second")) {
            first.poll();
            second.poll();
            db.run("update etcd_connector set seen_at = clock_timestamp() + interval '1 minute' where name = 'second'");
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            disconnect();
            db.put("/a/1", "x");
            first.untilReceived(1);
            assertThat(log.toString(StandardCharsets.UTF_8))
                    .contains("Connector first: another PostgreSQL source works on this database: second.");
        } finally {
            System.setErr(err);
        }
    }

    /** A row that a policy hides from the role would look deleted, and the source would delete its key in etcd. */
    @Test
    void rowsThatAPolicyHidesFailTheSource() {
        String role = "hidden_" + db.name;
        db.run("create role " + role + " login password 'plain'");
        db.run("select etcd_grant_to_source('" + role + "')");
        Map<String, String> settings = db.settings();
        settings.put("connection.user", role);
        settings.put("connection.password", "plain");
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            db.put("/a/1", "x");
            assertThat(run.untilReceived(1).received).hasSize(1);
            db.confirm("/a/1", 100);
            db.run("alter table app enable row level security");
            db.put("/a/1", "y");
            db.put("/a/2", "new");
            assertThatThrownBy(() -> run.untilReceived(2))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("row-level security policy for table \"app\"");
            assertThat(run.received).hasSize(1);
            assertThat(db.rows("select key from etcd_wal order by key")).containsExactly("/a/1", "/a/2");
        } finally {
            db.run("drop owned by " + role + "; drop role " + role);
        }
    }

    /** The sentence names the column, and no value. */
    @Test
    void aColumnOfAnotherTypeIsNamed() {
        try (TaskRun run = new TaskRun(db.settings(), new HashMap<>())) {
            db.run("alter table app alter column value type varchar(20)");
            db.put("/a/1", "secret");
            assertThatThrownBy(() -> run.untilReceived(1))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("structure of query does not match")
                    .hasMessageNotContaining("secret");
        }
    }

    /** The sink notices that the record is missing, and heals the loss. */
    @Test
    void aRecordThatWentIntoAnotherTopicIsMissing() {
        Map<Map<String, ?>, Map<String, Object>> committed = new HashMap<>();
        long number;
        Map<String, String> settings = db.settings();
        settings.put("topic.prefix", "mistyped");
        try (TaskRun run = new TaskRun(settings, committed)) {
            db.put("/a/1", "x");
            run.untilReceived(1).commit(1);
            number = chain(run.received.get(0)).number();
        }
        try (TaskRun run = new TaskRun(db.settings(), committed)) {
            db.confirm("/a/1", 100);
            db.put("/a/1", "y");
            assertThat(chain(run.untilReceived(1).received.get(0)).previous()).isEqualTo(number);
        }
    }

    @Test
    void conflictsAndChangesAreNotMixed() {
        try (TaskRun run = TaskRun.started(db, "conflicts.topic", "pg.app")) {
            assertThatThrownBy(run::poll)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("topic of route app");
        }
    }

    /** Connect stops a task only after a poll has ended. A poll must therefore be short. */
    @Test
    void aPollIsShort() {
        try (TaskRun run = TaskRun.started(db, "poll.interval.ms", "60000")) {
            run.poll();
            run.poll();
            long start = System.nanoTime();
            run.poll();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void aRefusalThatDoesNotPassFailsTheTask() {
        Map<String, String> settings = db.settings();
        settings.put("connection.password", "wrong");
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            assertThatThrownBy(run::poll)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("28P01")
                    .hasMessageNotContaining("wrong");
        }
    }

    @Test
    void aServerThatIsAwayIsWaitedFor() {
        Map<String, String> settings = db.settings();
        settings.put("connection.url", "jdbc:postgresql://127.0.0.1:1/nothing");
        settings.put("retry.backoff.ms", "10");
        settings.put("retry.backoff.max.ms", "200");
        settings.put("retry.timeout.ms", "300");
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            assertThat(run.poll()).isZero();
            assertThatThrownBy(() -> run.untilReceived(1))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("retry.timeout.ms");
        }
    }

    private void disconnect() {
        db.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'etcd-pg-connect%'"
                + " and datname = current_database()");
    }

    private static Chain chain(SourceRecord record) {
        return PgRecordCodec.decode(record.value()).chain();
    }

    /** Returns the name that the partition has in the offset. */
    private static String partition(SourceRecord record) {
        return record.topic().substring(record.topic().indexOf('.') + 1) + "/" + record.kafkaPartition();
    }

    private static List<Object> values(List<SourceRecord> records) {
        return records.stream()
                .map(r -> (Object) List.of(PgRecordCodec.decode(r.value()), r.sourceOffset()))
                .toList();
    }

    /**
     * Asserts that the numbers grow and that each record names the previous number in its partition. The offset must contain the last number of
     * each partition.
     */
    private static void assertChained(List<SourceRecord> records, Map<String, Long> before) {
        Map<String, Long> last = new HashMap<>(before);
        long number = 0;
        for (SourceRecord record : records) {
            Chain chain = chain(record);
            String partition = partition(record);
            assertThat(chain.number()).isGreaterThan(number);
            assertThat(chain.previous()).isEqualTo(last.getOrDefault(partition, 0L));
            number = chain.number();
            last.put(partition, number);
            Map<String, Long> offset = new HashMap<>(last);
            offset.put("number", number);
            offset.put("partitions", 4L);
            assertThat(record.sourceOffset()).isEqualTo(offset);
        }
    }

    /** For example a mirror without a PostgreSQL sink, or without an etcd sink. */
    @Test
    void changesThatWaitForAnotherConnectorAreFound() throws Exception {
        db.run("delete from etcd_snapshot");
        db.put("/a/1", "v");
        try (TaskRun run = TaskRun.started(db);
                SendStore store = SendStore.open(new NotifySourceConfig(db.settings()).postgres())) {
            run.expectQuiet(Duration.ofMillis(500));
            assertThat(store.waiting()).containsExactly(new WaitingChange("app", null, 0));
            db.run("insert into etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
            run.untilReceived(1);
            assertThat(store.waiting()).singleElement().satisfies(change -> assertThat(change.key())
                    .isEqualTo("/a/1"));
            db.confirm("/a/1", 11);
            assertThat(store.waiting()).isEmpty();
        }
    }
}
