package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    private static final Progress WRITTEN = new Progress(5, Map.of("o", 9L), "me", false);

    @Test
    void itIsTheJsonOfTheContract() {
        assertThat(Bytes.text(new Progress(0, Map.of("o", 9L), null, false).bytes()))
                .isEqualTo("{\"next\":0,\"last\":{\"o\":9}}");
        for (Progress progress : new Progress[] {WRITTEN, WRITTEN.lost(true), Progress.startingAt(3)}) {
            assertThat(Progress.parse("key", progress.bytes())).isEqualTo(progress);
        }
        assertThat(Progress.parse("key", Bytes.of("{\"next\":3,\"more\":1}"))).isEqualTo(Progress.startingAt(3));
        assertThatThrownBy(() -> Progress.parse("/the/key", Bytes.of("secret")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("/the/key")
                .hasMessageNotContaining("secret");
    }

    @Test
    void everyWayTheKeyCanHaveChangedIsToldApart() {
        Progress further = WRITTEN.withNext(6).passed("o", 10);
        assertThat(judge(WRITTEN, 20)).isEqualTo(Ownership.SAME);
        assertThat(judge(further, 21)).isEqualTo(Ownership.OURS);
        assertThat(judge(WRITTEN, 21)).isEqualTo(Ownership.OURS);
        assertThat(judge(further.by("other"), 21)).isEqualTo(Ownership.TAKEN);
        assertThat(judge(further.by(null), 21)).isEqualTo(Ownership.TAKEN);
        assertThat(judge(null, 0)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(WRITTEN, 19)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(WRITTEN.withNext(4), 21)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(Progress.startingAt(7).by("other"), 21)).isEqualTo(Ownership.BEHIND);
        assertThat(judge(Progress.startingAt(7).by("me"), 20)).isEqualTo(Ownership.BEHIND);
    }

    private static Ownership judge(Progress now, long at) {
        return Ownership.judge(WRITTEN, 20, "me", now, at);
    }

    @Test
    void mergingLosesNothing() {
        Progress other = new Progress(3, Map.of("o", 10L, "p", 1L), "x", true);
        Progress merged = WRITTEN.mergedWith(other);
        assertThat(merged).isEqualTo(new Progress(5, Map.of("o", 10L, "p", 1L), "me", true));
        assertThat(merged.isBehind(WRITTEN) || merged.isBehind(other)).isFalse();
        assertThat(WRITTEN.passed("o", 8)).isEqualTo(WRITTEN);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, io exception, TRANSIENT",
        "UNAVAILABLE, etcdserver: request timed out, TRANSIENT",
        "DEADLINE_EXCEEDED, , TRANSIENT",
        "UNKNOWN, anything, TRANSIENT",
        "RESOURCE_EXHAUSTED, etcdserver: mvcc: database space exceeded, NO_SPACE",
        "RESOURCE_EXHAUSTED, grpc: received message larger than max (3 vs. 2), TOO_LARGE",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests, TRANSIENT",
        "INVALID_ARGUMENT, etcdserver: request is too large, TOO_LARGE",
        "INVALID_ARGUMENT, etcdserver: too many operations in txn request, TOO_MANY_OPERATIONS",
        "NOT_FOUND, etcdserver: requested lease not found, NO_LEASE",
        "PERMISSION_DENIED, etcdserver: permission denied, DENIED",
        "UNAUTHENTICATED, etcdserver: invalid auth token, TRANSIENT",
        "INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password', UNAUTHENTICATED",
        "INVALID_ARGUMENT, etcdserver: user name is empty, UNAUTHENTICATED",
        "INVALID_ARGUMENT, etcdserver: duplicate key given in txn request, REJECTED"
    })
    void failuresAreToldApart(Status.Code code, String text, EtcdFailure.Kind kind) {
        Status status = Status.fromCode(code).withDescription(text);
        assertThat(EtcdFailure.of(status.asRuntimeException()).kind()).isEqualTo(kind);
    }
}
