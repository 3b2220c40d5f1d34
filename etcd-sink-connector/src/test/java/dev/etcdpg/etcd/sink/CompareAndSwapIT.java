package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompareAndSwapIT {

    private Setup setup;

    @BeforeEach
    void start() {
        setup = Setup.started(Etcd.shared());
    }

    @AfterEach
    void stop() {
        setup.close();
    }

    @Test
    void aChangeIsWrittenWhenItsKeyIsAtItsBase() {
        setup.change("new", "a", 0);
        long base = setup.put(setup.prefix + "old", "a");
        setup.change("old", "b", base);
        long gone = setup.put(setup.prefix + "gone", "a");
        setup.change("gone", null, gone);

        setup.delivery.all();

        assertThat(setup.value("new")).isEqualTo("a");
        assertThat(setup.value("old")).isEqualTo("b");
        assertThat(setup.value("gone")).isNull();
        assertThat(setup.progress().next()).isEqualTo(3);
        assertThat(setup.progress().last().get(Setup.ORIGIN)).isEqualTo(3);
        assertThat(setup.delivery.committed()).isEqualTo(Map.of(setup.p0, 3L));
        assertThat(setup.kv(setup.prefix + "new").getModRevision())
                .describedAs("one transaction")
                .isEqualTo(setup.kv(setup.prefix + "old").getModRevision());
    }

    @Test
    void theUsualSingleRecordIsOneTransaction() {
        setup.change("k", "a", 0);
        setup.delivery.all();
        long before = setup.revision();
        setup.change("k", "b", setup.kv(setup.prefix + "k").getModRevision());
        setup.delivery.once();

        assertThat(setup.value("k")).isEqualTo("b");
        assertThat(setup.revision()).isEqualTo(before + 1);
    }

    @Test
    void aChangeOfAKeyThatHasMovedIsRefused() {
        long base = setup.put(setup.prefix + "k", "a");
        setup.put(setup.prefix + "k", "foreign");
        long moved = setup.change("k", "mine", base);
        setup.put(setup.prefix + "there", "foreign");
        long insert = setup.change("there", "mine", 0);
        long absent = setup.change("absent", null, 0);
        long deleted = setup.change("deleted", "mine", base);
        setup.change("fine", "mine", 0);

        setup.delivery.all();

        assertThat(setup.value("k")).isEqualTo("foreign");
        assertThat(setup.value("there")).isEqualTo("foreign");
        assertThat(setup.value("deleted")).isNull();
        assertThat(setup.value("fine")).isEqualTo("mine");
        assertThat(setup.answer("k")).contains("\"n\":" + moved + ",", "refused");
        assertThat(setup.answer("there")).contains("\"n\":" + insert + ",", "refused");
        assertThat(setup.answer("absent")).contains("\"n\":" + absent + ",", "refused");
        assertThat(setup.answer("deleted")).contains("\"n\":" + deleted + ",", "refused");
        assertThat(setup.answer("fine")).isNull();
        assertThat(setup.kv(setup.keys.answer(Setup.ORIGIN, "etcd", setup.prefix + "k"))
                        .getLease())
                .isNotZero();
        assertThat(setup.progress().next()).isEqualTo(5);
    }

    @Test
    void aChangeOfAnotherEpochIsRefusedThoughItsKeyIsAtItsBase() {
        long base = setup.put(setup.prefix + "k", "a");
        setup.change("k", "b", new Revision(Setup.EPOCH - 1, base), 0);
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("a");
        assertThat(setup.answer("k")).contains("refused");

        setup.put(setup.keys.epoch(), Long.toString(Setup.EPOCH + 1)); // the task still has the old epoch in memory
        setup.change("k", "c", base);
        setup.change("l", "c", new Revision(Setup.EPOCH + 1, 0), 0);
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("a");
        assertThat(setup.value("l")).isEqualTo("c");
    }

    @Test
    void changesOfOneKeyAreWrittenInOrder() {
        setup.change("k", "a", 0);
        setup.change("k", "b", 0);
        setup.change("k", "c", 0);
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("a");
        assertThat(setup.answer("k")).contains("\"n\":3,");
    }

    @Test
    void manyKeysGoInTransactionsOf126() {
        setup.heartbeat();
        setup.delivery.all();
        long before = setup.revision();
        for (int i = 0; i < 400; i++) {
            setup.change("k" + i, "v" + i, 0);
        }
        setup.delivery.once();
        assertThat(setup.all()).hasSize(400);
        assertThat(setup.revision()).isEqualTo(before + 4);
    }

    @Test
    void aBatchIsCutByBytes() {
        String value = "x".repeat(300_000);
        for (int i = 0; i < 12; i++) {
            setup.change("k" + i, value, 0);
        }
        setup.delivery.all();
        assertThat(setup.all()).hasSize(12).allMatch(kv -> kv.getValue().size() == 300_000);
    }

    @Test
    void aServerWithLowerLimitsGetsSmallerTransactions() {
        try (Etcd small = Etcd.builder()
                        .flag("--max-txn-ops=20")
                        .flag("--max-request-bytes=100000")
                        .name("small")
                        .start();
                Setup other = Setup.started(small)) {
            for (int i = 0; i < 100; i++) {
                other.change("k" + i, "x".repeat(i == 50 ? 200_000 : 9_000), 0);
            }
            other.delivery.all();
            assertThat(other.all()).hasSize(99);
            assertThat(other.answer("k50")).contains("failed", "too large");
        }
    }

    @Test
    void aChangeThatEtcdCanNeverExecuteIsAnsweredAsFailed() {
        setup.change("large", "x".repeat(1_700_000), 0);
        setup.change("huge", "x".repeat(3_000_000), 0);
        Chain chain = setup.next(setup.p0);
        setup.send(
                setup.p0,
                new PgRecord.Change(
                        chain, Setup.ORIGIN, "etcd", "/outside", "v", new Revision(Setup.EPOCH, 0), 0, "a"));
        setup.change("leased", "v", new Revision(Setup.EPOCH, 0), -5);
        setup.change("fine", "mine", 0);

        setup.delivery.all();

        assertThat(setup.answer("leased")).contains("failed", "negative");
        assertThat(setup.answer("large")).contains("failed", "too large");
        assertThat(setup.answer("huge")).contains("failed", "larger than max");
        assertThat(setup.text(setup.keys.answer(Setup.ORIGIN, "etcd", "/outside")))
                .contains("failed", "outside");
        assertThat(setup.text("/outside")).isNull();
        assertThat(setup.value("fine")).isEqualTo("mine");
    }

    /** etcd accepts a negative lease id from a client that chooses the id itself. */
    @Test
    void aKeyWithANegativeLeaseCanBeDeleted() {
        long base = setup.put(setup.prefix + "k", "a", 0);
        setup.change("k", null, new Revision(Setup.EPOCH, base), -5);

        setup.delivery.all();

        assertThat(setup.value("k")).isNull();
    }

    @Test
    void aProbeRepeatsTheAnswerOrSaysProcessed() {
        setup.change("written", "a", 0);
        setup.put(setup.prefix + "refused", "foreign");
        long refused = setup.change("refused", "a", 0);
        setup.delivery.all();
        String answer = setup.answer("refused");
        long answered = setup.kv(setup.keys.answer(Setup.ORIGIN, "etcd", setup.prefix + "refused"))
                .getModRevision();

        setup.probe("written", 1);
        setup.probe("refused", refused);
        setup.delivery.all();

        assertThat(setup.answer("written")).contains("\"n\":1,", "processed");
        assertThat(setup.answer("refused")).isEqualTo(answer);
        assertThat(setup.kv(setup.keys.answer(Setup.ORIGIN, "etcd", setup.prefix + "refused"))
                        .getModRevision())
                .isGreaterThan(answered);

        setup.probe("refused", refused + 100);
        setup.delivery.all();
        assertThat(setup.answer("refused")).contains("\"n\":" + (refused + 100) + ",", "processed");
    }

    @Test
    void aRequestIsPassedOn() {
        setup.request(77);
        setup.delivery.all();
        assertThat(setup.text(setup.keys.request("etcd", 77))).isEqualTo("{\"after\":\"/a\",\"through\":\"/b\"}");
    }

    @Test
    void aNewEpochIsBegunOnceForTheEpochFound() {
        setup.newEpoch(Setup.EPOCH);
        setup.newEpoch(Setup.EPOCH);
        setup.newEpoch(Setup.EPOCH - 1);
        setup.delivery.all();
        long next = setup.epoch();
        assertThat(next).isGreaterThan(Setup.EPOCH);
        assertThat(setup.kv(setup.keys.epoch()).getVersion()).isEqualTo(2);

        setup.change("k", "a", new Revision(next, 0), 0);
        setup.delivery.all();
        assertThat(setup.value("k")).isEqualTo("a");
    }

    /** The task has written nothing since another one has begun the epoch. */
    @Test
    void anEpochAfterTheEpochOfAnotherTaskIsCounted() {
        setup.change("k", "a", 0);
        setup.delivery.all();
        setup.put(setup.keys.epoch(), Long.toString(Setup.EPOCH + 5));
        setup.newEpoch(Setup.EPOCH);
        setup.newEpoch(Setup.EPOCH + 5);
        setup.delivery.all();
        assertThat(setup.epochs("request")).isEqualTo(1);
    }

    @Test
    void leasesAreKeptAndAGoneLeaseAffectsItsKeyOnly() {
        long alive = setup.client.grant(Duration.ofMinutes(10));
        long base = setup.put(setup.prefix + "k", "a", alive);
        long dead = setup.client.grant(Duration.ofMinutes(10));
        long gone = setup.put(setup.prefix + "gone", "a", dead);
        setup.client.revoke(dead);

        setup.change("k", "b", new Revision(Setup.EPOCH, base), alive);
        setup.change("gone", "b", new Revision(Setup.EPOCH, gone), dead);
        setup.change("plain", "b", 0);
        setup.delivery.all();

        assertThat(setup.value("k")).isEqualTo("b");
        assertThat(setup.kv(setup.prefix + "k").getLease()).isEqualTo(alive);
        assertThat(setup.value("gone")).isNull();
        assertThat(setup.answer("gone")).contains("refused");
        assertThat(setup.value("plain")).isEqualTo("b");
    }

    @Test
    void anAnswerIsGivenThoughItsLeaseWasRevoked() {
        setup.put(setup.prefix + "k", "foreign");
        setup.change("k", "a", 0);
        setup.delivery.all();
        setup.client.revoke(setup.kv(setup.keys.answer(Setup.ORIGIN, "etcd", setup.prefix + "k"))
                .getLease());
        assertThat(setup.answer("k")).isNull();

        long n = setup.change("k", "b", 0);
        setup.delivery.all();
        assertThat(setup.answer("k")).contains("\"n\":" + n + ",");
    }

    @Test
    void plainTopicsOverwrite() {
        TopicPartition plain = new TopicPartition("plain", 0);
        setup.put(setup.prefix + "k", "foreign");
        setup.put(setup.prefix + "gone", "foreign");
        setup.add(plain, setup.prefix + "k", null, "text");
        setup.add(plain, setup.prefix + "gone", null, null);
        setup.add(plain, (setup.prefix + "bytes").getBytes(java.nio.charset.StandardCharsets.UTF_8), null, new byte[] {
            0, -1
        });
        setup.delivery.all();

        assertThat(setup.value("k")).isEqualTo("text");
        assertThat(setup.value("gone")).isNull();
        assertThat(setup.kv(setup.prefix + "bytes").getValue().getBytes()).containsExactly(0, -1);
        assertThat(setup.progress(plain).next()).isEqualTo(3);
    }

    @Test
    void anUnreadableRecordGoesToTheDeadLetterTopic() {
        TopicPartition plain = new TopicPartition("plain", 0);
        setup.add(plain, setup.prefix + "k", null, 5L);
        setup.add(plain, "/outside", null, "text");
        setup.add(plain, null, null, "text");
        setup.add(plain, setup.prefix + "large", null, "x".repeat(1_700_000));
        setup.add(plain, setup.prefix + "fine", null, "text");
        setup.add(setup.p0, setup.prefix + "k", null, null); // a tombstone
        setup.add(setup.p0, setup.prefix + "k", null, Map.of("kind", "change", "number", 1L, "origin", "o"));
        setup.change("fine2", "a", 0);

        setup.delivery.all();

        assertThat(setup.delivery.context.deadLetters()).hasSize(6).allSatisfy(record -> {
            String reason = record.headers()
                    .lastWithName(DeadLetter.REASON_HEADER)
                    .value()
                    .toString();
            assertThat(reason).isNotEmpty().doesNotContain("text");
        });
        assertThat(setup.value("k")).isNull();
        assertThat(setup.value("fine")).isEqualTo("text");
        assertThat(setup.value("fine2")).isEqualTo("a");
        assertThat(setup.progress(plain).next()).isEqualTo(5);
    }

    @Test
    void withoutADeadLetterTopicABadRecordFailsTheTask() {
        setup.delivery.context.removeReporter();
        setup.delivery.restart(Map.of());
        setup.add(setup.p0, setup.prefix + "k", null, "text");
        assertThatThrownBy(setup.delivery::all)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("errors.deadletterqueue.topic.name");
    }
}
