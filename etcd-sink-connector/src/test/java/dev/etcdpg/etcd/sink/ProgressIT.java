package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressIT {

    private Setup setup;

    @BeforeEach
    void start() {
        setup = Setup.started(Etcd.shared());
    }

    @AfterEach
    void stop() {
        setup.close();
    }

    private void change(String key, String value) {
        setup.change(key, value, new Revision(setup.epoch(), 0), 0);
    }

    private String progressKey() {
        return setup.keys.progress("pg.etcd", 0);
    }

    // ---- start

    @Test
    void aFirstStartBeginsNoEpoch() {
        change("k", "a");
        setup.delivery.all();
        setup.delivery.idle();
        assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
    }

    @Test
    void beforeTheFirstEpochChangesWait() {
        change("k", "a");
        setup.delete(setup.keys.epoch());
        assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
        assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
        assertThat(setup.value("k")).isNull();

        setup.put(setup.keys.epoch(), Long.toString(Setup.EPOCH));
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("a");
    }

    @Test
    void aGroupBehindTheProgressWritesNothingTwice() {
        for (int i = 0; i < 5; i++) {
            change("k" + i, "a");
        }
        TopicPartition plain = new TopicPartition("plain", 0);
        setup.add(plain, setup.prefix + "p", null, "old");
        setup.add(plain, setup.prefix + "p", null, "new");
        setup.delivery.all();
        setup.delete(setup.prefix + "k0");
        setup.put(setup.prefix + "p", "foreign");

        setup.delivery.restart(Map.of(setup.p0, 0L, plain, 0L));
        change("k5", "b");
        setup.add(plain, setup.prefix + "q", null, "new");
        setup.delivery.all();

        assertThat(setup.value("k0")).isNull();
        assertThat(setup.answer("k0")).isNull();
        assertThat(setup.value("k5")).isEqualTo("b");
        assertThat(setup.value("p")).isEqualTo("foreign");
        assertThat(setup.value("q")).isEqualTo("new");
        assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
    }

    @Test
    void heartbeatsMoveTheGroupWithoutWritesAndAreReadAgain() {
        change("k", "a");
        setup.delivery.all();
        long before = setup.revision();
        for (int i = 0; i < 10; i++) {
            setup.heartbeat();
            setup.delivery.all();
        }
        assertThat(setup.revision()).isEqualTo(before);
        assertThat(setup.delivery.committed()).isEqualTo(Map.of(setup.p0, 11L));
        assertThat(setup.progress().next()).isEqualTo(1);

        setup.delivery.restart(setup.delivery.committed());
        setup.heartbeat();
        change("l", "b");
        setup.delivery.all();
        assertThat(setup.value("l")).isEqualTo("b");
        assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);

        setup.heartbeat();
        setup.delivery.all();
        setup.delivery.clock.advance(Duration.ofMinutes(11));
        setup.delivery.idle();
        assertThat(setup.progress().next()).isEqualTo(14);
    }

    @Test
    void aProgressBehindTheGroupIsARestoredEtcd() {
        change("k", "a");
        setup.delivery.all();
        SinkProgress backup = setup.progress();
        change("l", "a");
        change("m", "a");
        setup.delivery.all();
        Map<TopicPartition, Long> group = setup.delivery.committed();

        setup.delete(setup.prefix + "l");
        setup.put(progressKey(), backup.write().text());
        setup.delivery.restart(group);
        setup.heartbeat();
        setup.delivery.all();

        assertThat(setup.epoch()).isGreaterThan(Setup.EPOCH);
        assertThat(setup.value("l")).describedAs("a change of the old epoch").isNull();
        assertThat(setup.answer("l")).contains("refused");
        long epoch = setup.epoch();
        change("l", "b");
        setup.delivery.all();
        assertThat(setup.value("l")).isEqualTo("b");
        assertThat(setup.epoch()).isEqualTo(epoch);
    }

    @Test
    void aTopicCreatedAnewIsReadFromItsBegin() {
        for (int i = 0; i < 5; i++) {
            change("k" + i, "a");
        }
        setup.delivery.all();

        setup.delivery.log.clear();
        setup.delivery.position(setup.p0, 0);
        change("new", "b");
        setup.delivery.all();
        assertThat(setup.value("new")).isEqualTo("b");
        assertThat(setup.epoch()).describedAs("nothing was lost").isEqualTo(Setup.EPOCH);

        setup.delivery.log.clear();
        setup.lose();
        setup.delivery.restart(Map.of(setup.p0, 0L));
        setup.heartbeat();
        setup.heartbeat(); // the offset of the first heartbeat may be below the offset in the progress
        setup.delivery.all();
        assertThat(setup.epoch()).isGreaterThan(Setup.EPOCH);
    }

    @Test
    void offsetsThatTheUserSetsAreFollowed() {
        TopicPartition plain = new TopicPartition("plain", 0);
        for (String value : new String[] {"a", "b", "c"}) {
            setup.add(plain, setup.prefix + value, null, value);
            change("k" + value, value);
        }
        setup.delivery.all();
        setup.all().forEach(kv -> setup.delete(TestEtcdClient.text(kv.getKey())));

        EtcdSinkConnector connector = new EtcdSinkConnector();
        Map<TopicPartition, Long> offsets = new java.util.HashMap<>(Map.of(plain, 1L));
        offsets.put(setup.p0, null);
        offsets.put(new TopicPartition("plain", 7), null);
        assertThat(connector.alterOffsets(setup.settings, offsets)).isTrue();
        assertThat(setup.progress().last().get(Setup.ORIGIN)).isEqualTo(3);
        assertThatThrownBy(() -> connector.alterOffsets(setup.settings, Map.of(plain, -1L)))
                .isInstanceOf(ConnectException.class);

        setup.delivery.restart(Map.of(plain, 1L, setup.p0, 0L));
        setup.delivery.all();
        assertThat(setup.value("a")).isNull();
        assertThat(setup.value("b")).isEqualTo("b");
        assertThat(setup.value("c")).isEqualTo("c");
        assertThat(setup.value("ka"))
                .describedAs("a change is not written twice")
                .isNull();
        assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
    }

    // ---- another writer of the progress key

    @Test
    void aZombieWritesNothing() {
        change("k", "a");
        setup.delivery.all();
        SinkWorker successor = setup.delivery.twin();
        setup.heartbeat();
        successor.all();
        long at = setup.kv(progressKey()).getModRevision();

        change("m", "c");
        assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
        assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
        assertThat(setup.value("m")).isNull();
        assertThat(setup.kv(progressKey()).getModRevision()).isEqualTo(at);
        assertThat(setup.delivery.committed()).isEmpty();

        successor.all();
        assertThat(setup.value("m")).isEqualTo("c");
        setup.delivery
                .all(); // if Connect delivers records to the old task again, it claims the partition and writes nothing
        // twice
        change("n", "d");
        setup.delivery.all();
        assertThat(setup.value("n")).isEqualTo("d");
        assertThat(setup.kv(setup.prefix + "m").getVersion()).isEqualTo(1);
        assertThat(setup.answer("m")).isNull();
        assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
        successor.task.stop();
    }

    @Test
    void anIdleTaskNoticesThatEtcdForgot() {
        change("k", "a");
        setup.delivery.all();
        setup.delete(progressKey());
        setup.delivery.idle();
        assertThat(setup.epoch()).isGreaterThan(Setup.EPOCH);
        assertThat(setup.progress().next()).isEqualTo(1);
        assertThat(setup.progress().last().get(Setup.ORIGIN)).isEqualTo(1);
        assertThat(setup.epochs("forgotten-progress")).isEqualTo(1);

        long epoch = setup.epoch();
        change("l", "a");
        setup.delivery.all();
        setup.delivery.idle();
        assertThat(setup.value("l")).isEqualTo("a");
        assertThat(setup.epoch()).isEqualTo(epoch);
    }

    @Test
    void severalPartitionsThatWereForgottenBeginOneEpoch() {
        for (int p = 0; p < 4; p++) {
            TopicPartition partition = new TopicPartition("pg.etcd", p);
            Chain chain = setup.next(partition);
            setup.send(
                    partition,
                    new PgRecord.Change(
                            chain,
                            Setup.ORIGIN,
                            "etcd",
                            setup.prefix + p,
                            "a",
                            new Revision(Setup.EPOCH, 0),
                            0,
                            "alice"));
        }
        setup.delivery.all();
        for (int p = 0; p < 4; p++) {
            setup.delete(setup.keys.progress("pg.etcd", p));
        }
        setup.delivery.idle();
        assertThat(setup.kv(setup.keys.epoch()).getVersion()).isEqualTo(2);
        for (int p = 0; p < 4; p++) {
            assertThat(setup.progress(new TopicPartition("pg.etcd", p)).next()).isEqualTo(1);
        }
    }

    @Test
    void aBusyTaskNoticesThatEtcdForgot() {
        change("k", "a");
        setup.delivery.all();
        SinkProgress backup = setup.progress();
        change("l", "a");
        setup.delivery.all();
        setup.put(progressKey(), backup.write().text());
        change("m", "a");
        setup.delivery.all();
        assertThat(setup.epoch()).isGreaterThan(Setup.EPOCH);
        assertThat(setup.value("m")).isNull();
        assertThat(setup.answer("m")).contains("refused");
        assertThat(setup.progress().next()).isEqualTo(3);
    }

    // ---- numbers

    @Test
    void aNumberIsTakenOnce() {
        long base = setup.put(setup.prefix + "k", "a");
        setup.change("k", "b", base);
        setup.send(
                setup.p0,
                new PgRecord.Change(
                        new Chain(1, 0),
                        Setup.ORIGIN,
                        "etcd",
                        setup.prefix + "k",
                        "b",
                        new Revision(Setup.EPOCH, base),
                        0,
                        "alice"));
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("b");
        assertThat(setup.answer("k")).isNull();
        assertThat(setup.delivery.committed()).isEqualTo(Map.of(setup.p0, 2L));
    }

    @Test
    void originsHaveNumbersOfTheirOwn() {
        setup.change("k", "a", 0);
        setup.change("l", "a", 0);
        setup.send(
                setup.p0,
                new PgRecord.Change(
                        new Chain(1, 0),
                        "another",
                        "etcd",
                        setup.prefix + "m",
                        "a",
                        new Revision(Setup.EPOCH, 0),
                        0,
                        "bob"));
        setup.delivery.all();
        assertThat(setup.value("m")).isEqualTo("a");
        assertThat(setup.progress().last()).isEqualTo(Map.of(Setup.ORIGIN, 2L, "another", 1L));
    }

    // ---- losses

    @Test
    void aLossBeginsAnEpochAtMostOnceAMinute() {
        change("k", "a");
        setup.lose();
        change("l", "a");
        change("m", "a");
        setup.delivery.all();
        long first = setup.epoch();
        assertThat(first).isGreaterThan(Setup.EPOCH);
        assertThat(setup.value("k")).isEqualTo("a");
        assertThat(setup.answer("l")).contains("refused");
        assertThat(setup.progress().next()).isEqualTo(3);

        setup.lose();
        change("n", "a");
        setup.delivery.all();
        assertThat(setup.epoch())
                .describedAs("less than a minute after the last epoch")
                .isEqualTo(first);
        assertThat(setup.value("n")).isEqualTo("a");
        assertThat(setup.progress().lost()).isTrue();

        setup.delivery.clock.advance(Duration.ofMinutes(1));
        setup.delivery.idle();
        assertThat(setup.epoch()).isGreaterThan(first);
        assertThat(setup.progress().lost()).isFalse();
    }

    @Test
    void aTopicLostInAllPartitionsBeginsTwoEpochsAndNotOneForEach() {
        TopicPartition[] all = new TopicPartition[4];
        for (int p = 0; p < 4; p++) {
            all[p] = new TopicPartition("pg.etcd", p);
            long n = setup.next(all[p]).number();
            setup.send(all[p], new PgRecord.Heartbeat(new Chain(n, n), Setup.ORIGIN, "etcd"));
        }
        setup.delivery.all();
        assertThat(setup.kv(setup.keys.epoch()).getVersion()).isEqualTo(2);
        for (int minute = 0; minute < 4; minute++) {
            setup.delivery.clock.advance(Duration.ofMinutes(1));
            setup.delivery.idle();
        }
        assertThat(setup.kv(setup.keys.epoch()).getVersion()).isEqualTo(3);
    }

    @Test
    void aHeartbeatShowsALossToo() {
        change("k", "a");
        setup.delivery.all();
        setup.lose();
        setup.heartbeat();
        setup.delivery.all();
        assertThat(setup.epoch()).isGreaterThan(Setup.EPOCH);
        long epoch = setup.epoch();
        setup.delivery.restart(Map.of(setup.p0, 1L));
        setup.delivery.all();
        assertThat(setup.epoch())
                .describedAs("the progress records that the loss was healed")
                .isEqualTo(epoch);
    }

    @Test
    void aLossCanFailTheTaskOrBeIgnored() {
        try (Setup failing = Setup.started(Etcd.shared(), Map.of("loss.policy", "fail"));
                Setup ignoring = Setup.started(Etcd.shared(), Map.of("loss.policy", "ignore"))) {
            failing.lose();
            failing.change("k", "a", 0);
            assertThatThrownBy(failing.delivery::all)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("loss.policy");
            ignoring.lose();
            ignoring.change("k", "a", 0);
            ignoring.delivery.all();
            assertThat(ignoring.value("k")).isEqualTo("a");
            assertThat(ignoring.epoch()).isEqualTo(Setup.EPOCH);
        }
    }
}
