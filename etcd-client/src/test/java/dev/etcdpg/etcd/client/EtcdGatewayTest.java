package dev.etcdpg.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.etcd.client.EtcdFailure.Kind;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.grpc.Status;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EtcdGatewayTest {

    private final List<String> calls = new ArrayList<>();
    private CompletableFuture<?> answer = new CompletableFuture<>();
    private int clients;

    private final RequestGuard guard = new RequestGuard() {
        @Override
        public void begin(String request) {
            calls.add("begin");
        }

        @Override
        public void succeeded(String request) {
            calls.add("succeeded");
        }

        @Override
        public void failed(String request, EtcdFailure failure) {
            calls.add(failure.kind().name());
        }
    };

    private final EtcdGateway gateway = new EtcdGateway(this::client, Duration.ofMillis(20), guard);

    /** Returns a client that answers each request with {@code answer}. */
    private Client client() {
        int number = ++clients;
        KV kv = (KV) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KV.class}, (proxy, method, args) -> answer);
        return (Client)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Client.class}, (p, m, a) -> {
                    if (m.getName().equals("close")) {
                        calls.add("close " + number);
                        return null;
                    }
                    return kv;
                });
    }

    private void failsWith(Kind kind) {
        assertThatThrownBy(() -> gateway.get("/k"))
                .isInstanceOfSatisfying(
                        EtcdFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageStartingWith("reading /k: ");
    }

    @Test
    void aRequestWithoutAnAnswerEndsAtItsDeadline() {
        failsWith(Kind.TRANSIENT);
        assertThat(answer).isCancelled();
        assertThat(calls).containsExactly("begin", "TRANSIENT");
    }

    @Test
    void severalTransientFailuresInARowReplaceTheClient() {
        answer = CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
        for (int i = 1; i < EtcdGateway.FAILURES_BEFORE_REPLACEMENT; i++) {
            failsWith(Kind.TRANSIENT);
        }
        assertThat(clients).isEqualTo(1);
        failsWith(Kind.TRANSIENT);
        assertThat(clients).isEqualTo(2);
        assertThat(calls).contains("close 1");
        for (int i = 0; i < 5; i++) {
            failsWith(Kind.TRANSIENT);
        }
        assertThat(clients)
                .describedAs("a client in backoff is never used again")
                .isEqualTo(7);
    }

    /** A new client would end the watches of the source. */
    @Test
    void aRefusalKeepsTheClient() {
        answer = CompletableFuture.failedFuture(Status.PERMISSION_DENIED.asRuntimeException());
        for (int i = 0; i < 5; i++) {
            failsWith(Kind.DENIED);
        }
        answer = CompletableFuture.failedFuture(Status.RESOURCE_EXHAUSTED
                .withDescription("etcdserver: mvcc: database space exceeded")
                .asRuntimeException());
        for (int i = 0; i < 5; i++) {
            failsWith(Kind.NO_SPACE);
        }
        assertThat(clients).isEqualTo(1);
    }

    @Test
    void anErrorThatIsAnAnswerOfEtcdIsASuccessOfTheConnection() {
        for (int i = 0; i < 5; i++) {
            answer = CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException());
            failsWith(Kind.TRANSIENT);
            calls.clear();
            answer = CompletableFuture.failedFuture(Status.OUT_OF_RANGE
                    .withDescription("etcdserver: mvcc: required revision has been compacted")
                    .asRuntimeException());
            failsWith(Kind.COMPACTED);
            assertThat(calls).containsExactly("begin", "succeeded");
        }
        assertThat(clients).isEqualTo(1);
    }

    @Test
    void aRequestThatTheGuardRefusesIsNotSent() {
        EtcdGateway refused = new EtcdGateway(this::client, Duration.ofMillis(20), new RequestGuard() {
            @Override
            public void begin(String request) {
                throw EtcdFailure.notNow(request);
            }

            @Override
            public void succeeded(String request) {
                throw new AssertionError();
            }

            @Override
            public void failed(String request, EtcdFailure failure) {
                throw new AssertionError();
            }
        });
        assertThatThrownBy(() -> refused.get("/k"))
                .isInstanceOfSatisfying(
                        EtcdFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.NOT_NOW));
        assertThat(answer).isNotCancelled();
    }
}
