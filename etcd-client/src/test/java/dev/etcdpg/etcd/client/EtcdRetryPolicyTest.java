package dev.etcdpg.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import dev.etcdpg.etcd.client.EtcdFailure.Kind;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EtcdRetryPolicyTest {

    private final EtcdRetryPolicy policy = new EtcdRetryPolicy(new RetryPolicy(
            "etcd",
            new RetryConfig(Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(-1), 50),
            System::nanoTime));

    private static EtcdFailure failure(Kind kind) {
        return new EtcdFailure(kind, "page: some failure", null);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"DENIED", "UNAUTHENTICATED", "REJECTED"})
    void aRefusalIsToleratedOnlyAFewTimesWhateverElseSucceeds(Kind kind) {
        for (int i = 1; i < EtcdRetryPolicy.MAX_REFUSALS; i++) {
            policy.failed("page", failure(kind));
            policy.succeeded("epoch");
        }
        assertThatThrownBy(() -> policy.failed("page", failure(kind)))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("page: ")
                .hasMessageContaining(kind == Kind.REJECTED ? "rejects" : "grant its role");
    }

    @Test
    void aTransientFailureIsToleratedAsLongAsTheRetryPolicySays() {
        for (int i = 0; i < 40; i++) {
            policy.failed("page", failure(Kind.TRANSIENT));
        }
        assertThatCode(() -> policy.failed("page", new Exception("etcdserver: invalid auth token")))
                .doesNotThrowAnyException();
    }

    @Test
    void aSuccessResetsTheRefusals() {
        for (int i = 0; i < 20; i++) {
            policy.failed("page", failure(Kind.DENIED));
            policy.succeeded("page");
        }
    }

    @Test
    void afterAFailureItPauses() {
        assertThatCode(() -> policy.begin("page")).doesNotThrowAnyException();
        policy.failed("page", new Exception("away"));
        assertThat(policy.isReady()).isFalse();
        assertThat(policy.nanosUntilReady()).isPositive();
        assertThatThrownBy(() -> policy.begin("page"))
                .isInstanceOfSatisfying(
                        EtcdFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.NOT_NOW));
    }
}
