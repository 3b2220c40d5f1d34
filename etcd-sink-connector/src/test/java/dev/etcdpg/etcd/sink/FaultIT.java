package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FaultIT {

    @AutoClose
    private static final Etcd ETCD = Etcd.started();

    private static final Map<String, String> SHORT = Map.of("etcd.request.timeout.ms", "300");

    @Test
    void aTransactionWithoutAnAnswerIsExecutedOnce() {
        try (Setup setup = Setup.started(ETCD, SHORT)) {
            setup.change("k", "0", 0);
            setup.delivery.all();
            for (int i = 1; i <= 3; i++) {
                setup.change(
                        "k", Integer.toString(i), setup.kv(setup.prefix + "k").getModRevision());
                ETCD.stop();
                assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
                ETCD.cont();
                setup.delivery.all();
                assertThat(setup.value("k")).isEqualTo(Integer.toString(i));
                assertThat(setup.kv(setup.prefix + "k").getVersion()).isEqualTo(i + 1);
            }
            assertThat(setup.answer("k")).isNull();
            assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
        }
    }

    /** Only the progress key prevents a second write of a plain record. */
    @Test
    void aPlainRecordWithoutAnswerIsWrittenOnce() {
        TopicPartition plain = new TopicPartition("plain", 0);
        try (Setup setup = Setup.started(ETCD, SHORT)) {
            setup.add(plain, setup.prefix + "k", null, "0");
            setup.delivery.all();
            for (int i = 1; i <= 3; i++) {
                setup.add(plain, setup.prefix + "k", null, Integer.toString(i));
                ETCD.stop();
                assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
                ETCD.cont();
                setup.delivery.all();
                assertThat(setup.value("k")).isEqualTo(Integer.toString(i));
                assertThat(setup.kv(setup.prefix + "k").getVersion()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void stoppedAndKilledInTheMiddleOfALoadEverythingIsWrittenOnce() throws Exception {
        try (Setup setup = Setup.started(ETCD, SHORT)) {
            setup.delivery.maxRecords = 50;
            int keys = 3_000;
            for (int i = 0; i < keys; i++) {
                setup.change("k" + i, "v", 0);
            }
            CompletableFuture<Void> load = CompletableFuture.runAsync(setup.delivery::all);
            for (int i = 0; i < 4; i++) {
                TimeUnit.MILLISECONDS.sleep(
                        ThreadLocalRandom.current().nextInt(20, 120)); // a random moment of the load
                if (i % 2 == 0) {
                    ETCD.stop();
                    TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(100, 800));
                    ETCD.cont();
                } else {
                    ETCD.kill();
                    ETCD.start();
                }
            }
            load.get(60, TimeUnit.SECONDS);

            assertThat(setup.all()).hasSize(keys).allMatch(kv -> kv.getVersion() == 1);
            assertThat(setup.client.all(setup.keys.answers())).isEmpty();
            assertThat(setup.epoch()).isEqualTo(Setup.EPOCH);
            assertThat(setup.delivery.committed()).isEqualTo(Map.of(setup.p0, (long) keys));
        }
    }

    @Test
    void whileEtcdIsAwayTheCircuitOpensAndClosesAgain() {
        try (Setup setup = Setup.started(ETCD, SHORT)) {
            setup.change("k", "a", 0);
            ETCD.kill();
            for (int i = 0; i < 7; i++) {
                assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
            }
            long began = System.nanoTime();
            assertThatThrownBy(setup.delivery::once)
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("circuit");
            assertThat(System.nanoTime() - began)
                    .describedAs("etcd is not asked")
                    .isLessThan(50_000_000L);
            ETCD.start();
            setup.delivery.all();
            assertThat(setup.value("k")).isEqualTo("a");
        }
    }

    /** gRPC keeps an old client in backoff for up to two minutes. */
    @Test
    void afterALongOutageItContinuesSoon() throws InterruptedException {
        try (Setup setup = Setup.started(ETCD, SHORT)) {
            setup.change("k", "a", 0);
            ETCD.kill();
            long end = System.nanoTime()
                    + Duration.ofSeconds(Boolean.getBoolean("long") ? 25 : 6).toNanos();
            while (System.nanoTime() < end) {
                assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
                TimeUnit.MILLISECONDS.sleep(200);
            }
            ETCD.start();
            long back = System.nanoTime();
            setup.delivery.all();
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(8));
            assertThat(setup.value("k")).isEqualTo("a");
        }
    }

    /** jetcd reports an etcd that does not answer its request for a token as if the user were refused. */
    @Test
    void anUnavailableEtcdIsNotReportedAsARefusedLogin() {
        Map<String, String> user =
                Map.of("etcd.request.timeout.ms", "1000", "etcd.user", "app", "etcd.password", "secret");
        try (Setup setup = new Setup(ETCD, user)) {
            ETCD.kill();
            setup.delivery.start();
            setup.change("k", "a", 0);
            assertThatThrownBy(setup.delivery::once).isInstanceOf(RetriableException.class);
        } finally {
            ETCD.start();
        }
    }

    /** A member without a leader cannot check a password. jetcd reports its answer as UNAUTHENTICATED, too. */
    @Test
    void aClusterWithoutALeaderIsNotReportedAsARefusedLogin() {
        List<Etcd> members = Etcd.cluster(3);
        try {
            Etcd first = members.get(0);
            first.etcdctl("user", "add", "root:root");
            first.etcdctl("user", "grant-role", "root", "root");
            Map<String, String> user =
                    Map.of("etcd.request.timeout.ms", "20000", "etcd.user", "root", "etcd.password", "root");
            try (Setup setup = new Setup(first, user)) {
                first.etcdctl("auth", "enable");
                setup.delivery.start();
                setup.change("k", "a", 0);
                members.subList(1, 3).forEach(Etcd::kill);
                assertThatThrownBy(setup.delivery::once)
                        .isInstanceOf(RetriableException.class)
                        .hasMessageNotContaining("no answer within");
                members.subList(1, 3).forEach(Etcd::start);
                setup.delivery.all();
                first.etcdctl("--user=root:root", "auth", "disable");
                assertThat(setup.value("k")).isEqualTo("a");
            }
        } finally {
            members.forEach(Etcd::close);
        }
    }

    @Test
    void theTaskWaitsWhileEtcdIsFull() {
        try (Etcd small = Etcd.builder()
                        .flag("--quota-backend-bytes=2000000")
                        .name("quota")
                        .start();
                Setup setup = Setup.started(small)) {
            setup.delivery.maxRecords = 1;
            for (int i = 0; i < 60; i++) {
                setup.change("k" + i, "x".repeat(100_000), 0);
            }
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 60; i++) {
                            setup.delivery.once();
                        }
                    })
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("space");
        }
    }
}
