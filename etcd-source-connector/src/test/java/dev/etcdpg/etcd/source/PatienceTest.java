package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private final Patience patience = new Patience(new RetryPolicy(
            "etcd",
            new RetryConfig(Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(-1), 50),
            System::nanoTime));
    private final Exception denied = new Exception("PERMISSION_DENIED: etcdserver: permission denied");

    @Test
    void aRefusalIsTakenOnlyAFewTimesWhateverElseSucceeds() {
        for (int i = 1; i < Patience.REFUSALS; i++) {
            patience.failed("page", denied);
            patience.succeeded("epoch");
        }
        assertThatThrownBy(() -> patience.failed("page", denied))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("page: ")
                .hasMessageContaining("grant its role");
    }

    @Test
    void refusalsBeforeASuccessAreForgotten() {
        for (int i = 0; i < 20; i++) {
            patience.failed("page", denied);
            patience.succeeded("page");
        }
        assertThat(patience.failuresInARow()).isZero();
    }

    @Test
    void afterAFailureItWaits() {
        assertThat(patience.mayTry()).isTrue();
        patience.failed("page", new Exception("away"));
        assertThat(patience.mayTry()).isFalse();
        assertThat(patience.isReady()).isFalse();
        assertThat(patience.nanosUntilNext()).isPositive();
    }

    @Test
    void knowsFailuresByWhatEtcdSays() {
        assertThat(EtcdFailure.kind(denied)).isEqualTo(EtcdFailure.Kind.DENIED);
        assertThat(EtcdFailure.kind(new RuntimeException(
                        new Exception("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted"))))
                .isEqualTo(EtcdFailure.Kind.COMPACTED);
        assertThat(EtcdFailure.kind(new Exception("etcdserver: mvcc: required revision is a future revision")))
                .isEqualTo(EtcdFailure.Kind.FUTURE);
        assertThat(EtcdFailure.kind(new Exception((String) null))).isEqualTo(EtcdFailure.Kind.TRANSIENT);
    }
}
