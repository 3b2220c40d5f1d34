package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.testing.servers.Etcd;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** Two databases send with one origin. */
class CopyIT {

    private static final String A = "7420/16384/1";
    private static final String B = "7420/16384/2";

    @Test
    void afterAFailoverTheNewDatabaseContinues() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.delivery.all();
            setup.database = B;
            setup.change("b", "1", 0);
            setup.heartbeat();
            setup.delivery.all();

            assertThat(setup.value("b")).isEqualTo("1");
            assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
            assertThat(setup.progress().databaseOf(Setup.ORIGIN)).isEqualTo(B);
            assertThat(setup.progress().databases().get(Setup.ORIGIN).superseded())
                    .containsExactly(A);
        }
    }

    /** The setting etcd.prefix of the sink alone is mistyped. A held change would stay held after the setting is repaired. */
    @Test
    void aDatabaseThatMirrorsAnotherPrefixFailsTheTask() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.mirroredPrefix = setup.prefix;
            setup.change("a", "1", 0);
            setup.delivery.all();
            assertThat(setup.value("a")).isEqualTo("1");
            setup.mirroredPrefix = "/mistyped/";
            setup.change("b", "1", 0);
            assertThatThrownBy(setup.delivery::all)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("\"/mistyped/\"")
                    .hasMessageContaining("\"" + setup.prefix + "\"");
            assertThat(setup.value("b")).isNull();
        }
    }

    @Test
    void aHeartbeatIsEnoughToTakeOver() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.delivery.all();
            setup.database = B;
            setup.heartbeat();
            setup.delivery.all();
            assertThat(setup.progress().databaseOf(Setup.ORIGIN)).isEqualTo(B);
        }
    }

    @Test
    void aSupersededDatabaseThatSendsAgainFailsTheTask() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.database = B;
            setup.change("b", "1", 0);
            setup.database = A;
            setup.change("c", "1", 0);

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(setup.delivery::all)
                        .isInstanceOf(ConnectException.class)
                        .isNotInstanceOf(RetriableException.class)
                        .hasMessageContainingAll(
                                A,
                                B,
                                Setup.ORIGIN,
                                "pg.etcd/0 offset 2",
                                "etcd_become_original",
                                "superseded.database");
                assertThat(setup.value("b")).isEqualTo("1");
                assertThat(setup.value("c")).isNull();
                setup.delivery.restart(Map.of(setup.p0, 0L));
            }
        }
    }

    @Test
    void recordsOfASupersededDatabaseCanBeSkipped() {
        try (Setup setup = Setup.started(Etcd.shared(), Map.of("superseded.database", "skip"))) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.database = B;
            setup.change("b", "1", 0);
            setup.database = A;
            setup.change("c", "secret", 0);
            setup.probe("c", 3);
            setup.database = B;
            // the chain of B continues at its own last number
            setup.sent(setup.p0, 2);
            setup.change("d", "1", 0);
            setup.delivery.all();

            assertThat(setup.value("c")).isNull();
            assertThat(setup.answer("c")).isNull();
            assertThat(setup.value("d")).isEqualTo("1");
            assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
            assertThat(setup.progress().next()).isEqualTo(5);
            assertThat(setup.delivery.context.deadLetters()).singleElement().satisfies(letter -> assertThat(
                            letter.headers()
                                    .lastWithName(DeadLetter.REASON_HEADER)
                                    .value()
                                    .toString())
                    .contains(A, B)
                    .doesNotContain("secret"));
        }
    }

    /** Both had the same numbers in flight when the copy was made. */
    @Test
    void aChangeOfTheCopyIsNotSkippedBecauseOfItsNumber() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.change("b", "1", 0);
            setup.database = B;
            setup.sent(setup.p0, 1);
            setup.send(
                    setup.p0,
                    new dev.etcdpg.core.record.PgRecord.Change(
                            new dev.etcdpg.core.record.Chain(2, 1),
                            Setup.ORIGIN,
                            "etcd",
                            setup.prefix + "c",
                            "1",
                            new dev.etcdpg.core.Revision(Setup.EPOCH, 0),
                            0,
                            "alice"));
            setup.delivery.all();
            assertThat(setup.value("c")).isEqualTo("1");
        }
    }

    @Test
    void oldRecordsOfTheFormerDatabaseCanBeReadAgain() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.database = B;
            setup.change("b", "1", 0);
            setup.delivery.all();
            setup.delete(setup.prefix + "a");

            assertThat(new EtcdSinkConnector()
                            .alterOffsets(setup.settings, Map.of(new TopicPartition("pg.etcd", 0), 0L)))
                    .isTrue();
            setup.delivery.restart(Map.of(setup.p0, 0L));
            setup.change("c", "1", 0);
            setup.delivery.all();
            assertThat(setup.value("a")).isNull();
            assertThat(setup.value("c")).isEqualTo("1");
            assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
        }
    }

    /** A connector of its own reads the records of the copy. Numbers of records are microseconds. */
    @Test
    void aCopyThatSendsThroughATopicOfItsOwnIsNoticed() {
        try (Setup setup = Setup.started(Etcd.shared())) {
            setup.database = A;
            setup.change("a", "1", 0);
            setup.delivery.all();
            SinkWorker copy = new SinkWorker(setup.settings);
            copy.start();
            TopicPartition copied = new TopicPartition("copied.etcd", 0);
            setup.database = B;
            setup.send(copy, copied, setup.heartbeat(copied));
            copy.all();
            long takenOver = copy.clock.millis() * 1_000;
            assertThat(setup.text(setup.keys.origin(Setup.ORIGIN))).contains("\"current\":\"" + B + "\"");
            copy.task.stop();

            setup.database = A;
            setup.number(takenOver - 1_000_000);
            setup.change("b", "1", 0);
            setup.delivery.idle();
            assertThat(setup.value("b"))
                    .describedAs("the record is older than the takeover")
                    .isEqualTo("1");

            setup.number(takenOver + 100_000_000);
            setup.change("c", "1", 0);
            assertThatThrownBy(setup.delivery::idle)
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContainingAll(A, B, Setup.ORIGIN, "etcd_become_original");
        }
    }
}
