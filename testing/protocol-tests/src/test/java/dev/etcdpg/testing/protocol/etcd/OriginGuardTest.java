package dev.etcdpg.testing.protocol.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.client.RequestGuard;
import dev.etcdpg.etcd.sink.commit.CopyGuard;
import dev.etcdpg.etcd.sink.commit.OriginGuard;
import dev.etcdpg.etcd.sink.commit.SupersededPolicy;
import dev.etcdpg.testing.kit.TestClock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Two connectors read the topics of two databases with one origin. */
class OriginGuardTest {

    private static final ChainSender A = new ChainSender("o", "A");
    private static final ChainSender B = new ChainSender("o", "B");

    private final InMemoryEtcd etcd = new InMemoryEtcd();
    private final TestClock clock = TestClock.stopped();

    private OriginGuard guard(SupersededPolicy policy) {
        EtcdGateway gateway = new EtcdGateway(
                () -> new InMemoryEtcdClient(etcd, etcd::txn), Duration.ofSeconds(5), RequestGuard.NONE);
        return new OriginGuard(
                gateway, new BookkeepingKeys("/own/"), new CopyGuard(policy, clock::nanoTime), clock, clock::nanoTime);
    }

    private static SinkProgress progress(ChainSender sender, long number) {
        return SinkProgress.startingAt(0)
                .takenOverBy(sender, String.valueOf(sender.database()), 0)
                .passed(sender, number);
    }

    private void check(OriginGuard guard, ChainSender sender, long number) {
        clock.advance(Duration.ofSeconds(6));
        guard.check(List.of(progress(sender, number)));
    }

    private long micros() {
        return clock.millis() * 1_000;
    }

    @Test
    void aSupersededDatabaseThatSendsLongAfterTheTakeoverFailsTheTask() {
        OriginGuard first = guard(SupersededPolicy.FAIL);
        OriginGuard second = guard(SupersededPolicy.FAIL);
        check(first, A, micros());
        check(second, B, micros());
        long takeover = micros();
        check(first, A, takeover - 1);
        check(second, B, takeover + 200_000_000);
        assertThatThrownBy(() -> check(first, A, takeover + 100_000_000))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll("/own/origin/o", "database A sends again", "database B");
    }

    /** The superseded database has an origin of its own now, or is gone. */
    @Test
    void aDatabaseThatSendsNothingMoreIsNotReported() {
        check(guard(SupersededPolicy.FAIL), A, micros());
        check(guard(SupersededPolicy.FAIL), B, micros());
        OriginGuard restarted = guard(SupersededPolicy.FAIL);
        long late = micros() + 100_000_000;
        assertThatCode(() -> {
                    check(restarted, A, late);
                    check(restarted, A, late);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void withSkipTheTaskRuns() {
        OriginGuard first = guard(SupersededPolicy.SKIP);
        check(first, A, micros());
        check(guard(SupersededPolicy.SKIP), B, micros());
        assertThatCode(() -> check(first, A, micros() + 100_000_000)).doesNotThrowAnyException();
    }

    @Test
    void itAsksEtcdAtMostOnceInFiveSeconds() {
        OriginGuard guard = guard(SupersededPolicy.FAIL);
        check(guard, A, micros());
        long revision = etcd.revision();
        guard.check(List.of(progress(B, micros())));
        assertThat(etcd.revision()).isEqualTo(revision);
    }
}
