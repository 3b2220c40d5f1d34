package dev.etcdpg.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.client.EtcdFailure.Kind;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.grpc.Status;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EtcdErrorsTest {

    /** Every gRPC code, without a text of etcd. */
    @ParameterizedTest
    @EnumSource(Status.Code.class)
    void everyCodeHasAKind(Status.Code code) {
        Kind expected =
                switch (code) {
                    case PERMISSION_DENIED -> Kind.DENIED;
                    case UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
                    case INVALID_ARGUMENT,
                            FAILED_PRECONDITION,
                            NOT_FOUND,
                            ALREADY_EXISTS,
                            OUT_OF_RANGE,
                            UNIMPLEMENTED -> Kind.REJECTED;
                    case OK,
                            CANCELLED,
                            UNKNOWN,
                            DEADLINE_EXCEEDED,
                            RESOURCE_EXHAUSTED,
                            ABORTED,
                            INTERNAL,
                            UNAVAILABLE,
                            DATA_LOSS -> Kind.TRANSIENT;
                };
        for (String text : new String[] {"", "anything", "io exception"}) {
            assertThat(EtcdErrors.kind(code, text)).isEqualTo(expected);
            assertThat(EtcdErrors.kind(
                            Status.fromCode(code).withDescription(text).asRuntimeException()))
                    .isEqualTo(expected);
        }
        if (code != Status.Code.OK) {
            assertThat(EtcdErrors.kind(EtcdExceptionFactory.toEtcdException(Status.fromCode(code))))
                    .isEqualTo(expected);
        }
    }

    /** All errors that an etcd server 3.5 can return, with the code that it uses. */
    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, etcdserver: key is not provided, REJECTED",
        "INVALID_ARGUMENT, etcdserver: key not found, REJECTED",
        "INVALID_ARGUMENT, etcdserver: value is provided, REJECTED",
        "INVALID_ARGUMENT, etcdserver: lease is provided, REJECTED",
        "INVALID_ARGUMENT, etcdserver: ttl is 0, REJECTED",
        "INVALID_ARGUMENT, etcdserver: too many operations in txn request, TOO_MANY_OPERATIONS",
        "INVALID_ARGUMENT, etcdserver: duplicate key given in txn request, REJECTED",
        "INVALID_ARGUMENT, etcdserver: invalid client api version, REJECTED",
        "INVALID_ARGUMENT, etcdserver: invalid sort option, REJECTED",
        "OUT_OF_RANGE, etcdserver: mvcc: required revision has been compacted, COMPACTED",
        "OUT_OF_RANGE, etcdserver: mvcc: required revision is a future revision, FUTURE",
        "RESOURCE_EXHAUSTED, etcdserver: mvcc: database space exceeded, NO_SPACE",
        "NOT_FOUND, etcdserver: requested lease not found, NO_LEASE",
        "FAILED_PRECONDITION, etcdserver: lease already exists, REJECTED",
        "OUT_OF_RANGE, etcdserver: too large lease TTL, REJECTED",
        "CANCELLED, etcdserver: watch canceled, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: member ID already exist, REJECTED",
        "FAILED_PRECONDITION, etcdserver: Peer URLs already exists, REJECTED",
        "FAILED_PRECONDITION, etcdserver: re-configuration failed due to not enough started members, REJECTED",
        "INVALID_ARGUMENT, etcdserver: given member URLs are invalid, REJECTED",
        "NOT_FOUND, etcdserver: member not found, REJECTED",
        "FAILED_PRECONDITION, etcdserver: can only promote a learner member, REJECTED",
        "FAILED_PRECONDITION, etcdserver: too many learner members in cluster, REJECTED",
        "FAILED_PRECONDITION, etcdserver: cluster ID mismatch, REJECTED",
        "INVALID_ARGUMENT, etcdserver: request is too large, REQUEST_TOO_LARGE",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: root user does not exist, REJECTED",
        "FAILED_PRECONDITION, etcdserver: root user does not have root role, REJECTED",
        "FAILED_PRECONDITION, etcdserver: user name already exists, REJECTED",
        "INVALID_ARGUMENT, etcdserver: user name is empty, UNAUTHENTICATED",
        "FAILED_PRECONDITION, etcdserver: user name not found, UNAUTHENTICATED",
        "FAILED_PRECONDITION, etcdserver: role name already exists, REJECTED",
        "FAILED_PRECONDITION, etcdserver: role name not found, REJECTED",
        "INVALID_ARGUMENT, etcdserver: role name is empty, REJECTED",
        "INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password', UNAUTHENTICATED",
        "INVALID_ARGUMENT, etcdserver: permission not given, REJECTED",
        "PERMISSION_DENIED, etcdserver: permission denied, DENIED",
        "FAILED_PRECONDITION, etcdserver: role is not granted to the user, REJECTED",
        "FAILED_PRECONDITION, etcdserver: permission is not granted to the role, REJECTED",
        "FAILED_PRECONDITION, etcdserver: authentication is not enabled, UNAUTHENTICATED",
        "UNAUTHENTICATED, etcdserver: invalid auth token, TRANSIENT",
        "INVALID_ARGUMENT, etcdserver: invalid auth management, REJECTED",
        "INVALID_ARGUMENT, etcdserver: revision of auth store is old, TRANSIENT",
        "UNAVAILABLE, etcdserver: no leader, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: not leader, TRANSIENT",
        "UNAVAILABLE, etcdserver: leader changed, TRANSIENT",
        "UNAVAILABLE, etcdserver: not capable, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: not capable, TRANSIENT",
        "UNAVAILABLE, etcdserver: server stopped, TRANSIENT",
        "UNAVAILABLE, etcdserver: request timed out, TRANSIENT",
        "UNAVAILABLE, 'etcdserver: request timed out, possibly due to previous leader failure', TRANSIENT",
        "UNAVAILABLE, 'etcdserver: request timed out, possibly due to connection lost', TRANSIENT",
        "UNAVAILABLE, 'etcdserver: request timed out, waiting for the applied index took too long', TRANSIENT",
        "UNAVAILABLE, etcdserver: unhealthy cluster, TRANSIENT",
        "DATA_LOSS, etcdserver: corrupt cluster, TRANSIENT",
        "UNAVAILABLE, etcdserver: rpc not supported for learner, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: rpc not supported for learner, TRANSIENT",
        "FAILED_PRECONDITION, etcdserver: bad leader transferee, REJECTED",
        "UNAVAILABLE, etcdserver: cluster version not found during downgrade, TRANSIENT",
        "INVALID_ARGUMENT, etcdserver: wrong downgrade target version format, REJECTED",
        "FAILED_PRECONDITION, etcdserver: cluster has a downgrade job in progress, REJECTED",
        "CANCELLED, etcdserver: request canceled, TRANSIENT",
        "DEADLINE_EXCEEDED, etcdserver: context deadline exceeded, TRANSIENT",
        "RESOURCE_EXHAUSTED, grpc: received message larger than max (3 vs. 2), REQUEST_TOO_LARGE",
        "RESOURCE_EXHAUSTED, grpc: trying to send message larger than max (3 vs. 2), RESPONSE_TOO_LARGE",
        "RESOURCE_EXHAUSTED, gRPC message exceeds maximum size 67108864: 70000000, RESPONSE_TOO_LARGE"
    })
    void everyErrorOfEtcdHasAKind(Status.Code code, String text, Kind kind) {
        Status status = Status.fromCode(code).withDescription(text);
        Stream.of(
                        status.asRuntimeException(),
                        status.asException(),
                        new ExecutionException(status.asRuntimeException()),
                        EtcdExceptionFactory.toEtcdException(status),
                        EtcdExceptionFactory.toEtcdException(status.asRuntimeException()))
                .forEach(failure -> {
                    assertThat(EtcdErrors.kind(failure)).isEqualTo(kind);
                    assertThat(EtcdFailure.of("reading", failure).kind()).isEqualTo(kind);
                    assertThat(EtcdFailure.of("reading", failure))
                            .hasMessageStartingWith("reading: ")
                            .hasMessageContaining(text);
                });
        assertThat(EtcdErrors.kind(code, text)).isEqualTo(kind);
    }

    /** jetcd reports each failure of its request for a token as UNAUTHENTICATED. */
    @Test
    void aServerThatDoesNotAnswerTheRequestForATokenIsATransientFailure() {
        Status wrapped = Status.UNAUTHENTICATED.withCause(Status.UNAVAILABLE.asRuntimeException());
        assertThat(EtcdErrors.kind(wrapped.asRuntimeException())).isEqualTo(Kind.TRANSIENT);
        assertThat(EtcdErrors.kind(EtcdExceptionFactory.toEtcdException(wrapped)))
                .isEqualTo(Kind.TRANSIENT);
        Status refused = Status.UNAUTHENTICATED.withCause(Status.INVALID_ARGUMENT
                .withDescription("etcdserver: authentication failed, invalid user ID or password")
                .asRuntimeException());
        assertThat(EtcdErrors.kind(refused.asRuntimeException())).isEqualTo(Kind.UNAUTHENTICATED);
        Status local = Status.UNAUTHENTICATED.withCause(new IllegalArgumentException("password can not be empty."));
        assertThat(EtcdErrors.kind(local.asRuntimeException())).isEqualTo(Kind.UNAUTHENTICATED);
    }

    @Test
    void exceptionsOfTheClientHaveAKind() {
        assertThat(EtcdErrors.kind(EtcdExceptionFactory.newCompactedException(5)))
                .isEqualTo(Kind.COMPACTED);
        assertThat(EtcdErrors.kind(EtcdExceptionFactory.newClosedWatcherException()))
                .isEqualTo(Kind.TRANSIENT);
        assertThat(EtcdErrors.kind(new TimeoutException("no answer within 5 ms")))
                .isEqualTo(Kind.TRANSIENT);
        assertThat(EtcdErrors.kind(new Exception((String) null))).isEqualTo(Kind.TRANSIENT);
        assertThat(EtcdErrors.kind(new RuntimeException(
                        new Exception("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted"))))
                .isEqualTo(Kind.COMPACTED);
        assertThat(EtcdErrors.kind(new Exception("PERMISSION_DENIED: etcdserver: permission denied")))
                .isEqualTo(Kind.DENIED);
    }
}
