package dev.etcdpg.etcd.client;

import dev.etcdpg.etcd.client.EtcdFailure.Kind;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Classifies everything that gRPC, jetcd and etcd report. The text of an error takes precedence over its gRPC code, because etcd uses one code
 * for several errors and jetcd preserves only the text of some errors. Pure.
 */
public final class EtcdErrors {

    private record Text(String part, Kind kind) {}

    /** Part of etcd's answer to a client that has a user, while authentication is not enabled. */
    static final String NO_AUTHENTICATION = "authentication is not enabled";

    /** Texts in order of precedence. The first text that a message contains determines the kind. */
    private static final List<Text> TEXTS = List.of(
            new Text("required revision has been compacted", Kind.COMPACTED),
            new Text("required revision is a future revision", Kind.FUTURE),
            new Text("database space exceeded", Kind.NO_SPACE),
            // grpc-java, about a response
            new Text("exceeds maximum size", Kind.RESPONSE_TOO_LARGE),
            // grpc-go in the server, about a response and about a request
            new Text("trying to send message larger than max", Kind.RESPONSE_TOO_LARGE),
            new Text("received message larger than max", Kind.REQUEST_TOO_LARGE),
            new Text("request is too large", Kind.REQUEST_TOO_LARGE),
            new Text("too many operations in txn", Kind.TOO_MANY_OPERATIONS),
            new Text("requested lease not found", Kind.NO_LEASE),
            // an expired token: jetcd fetches a new one for the next request
            new Text("invalid auth token", Kind.TRANSIENT),
            new Text("revision of auth store is old", Kind.TRANSIENT),
            // another member can execute the request
            new Text("etcdserver: not leader", Kind.TRANSIENT),
            new Text("rpc not supported for learner", Kind.TRANSIENT),
            new Text("etcdserver: not capable", Kind.TRANSIENT),
            new Text("permission denied", Kind.DENIED),
            new Text("authentication failed", Kind.UNAUTHENTICATED),
            new Text(NO_AUTHENTICATION, Kind.UNAUTHENTICATED),
            new Text("user name is empty", Kind.UNAUTHENTICATED),
            new Text("user name not found", Kind.UNAUTHENTICATED));

    private static final Map<Status.Code, Kind> CODES = Map.of(
            Status.Code.PERMISSION_DENIED, Kind.DENIED,
            Status.Code.UNAUTHENTICATED, Kind.UNAUTHENTICATED,
            Status.Code.INVALID_ARGUMENT, Kind.REJECTED,
            Status.Code.FAILED_PRECONDITION, Kind.REJECTED,
            Status.Code.NOT_FOUND, Kind.REJECTED,
            Status.Code.ALREADY_EXISTS, Kind.REJECTED,
            Status.Code.OUT_OF_RANGE, Kind.REJECTED,
            Status.Code.UNIMPLEMENTED, Kind.REJECTED);

    private EtcdErrors() {}

    /** Returns the kind of a failure, which the failure or one of its causes determines. */
    public static Kind kind(Throwable failure) {
        Optional<Status.Code> code = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CompactedException) {
                return Kind.COMPACTED;
            }
            Optional<Kind> kind = kind(String.valueOf(cause.getMessage()));
            if (kind.isPresent()) {
                return kind.get();
            }
            // jetcd reports every failure of its request for a token as UNAUTHENTICATED, even if the server is
            // unavailable; the cause is more precise
            if (code.isEmpty() || code.get() == Status.Code.UNAUTHENTICATED) {
                Optional<Status.Code> before = code;
                code = code(cause).or(() -> before);
            }
        }
        return code.map(EtcdErrors::kind).orElse(Kind.TRANSIENT);
    }

    /** Returns the kind of a gRPC status. */
    static Kind kind(Status.Code code, String description) {
        return kind(description).orElseGet(() -> kind(code));
    }

    /** Returns a text for the user: the innermost message that determines the kind, or else the innermost message. */
    static String text(Throwable failure) {
        String deciding = null;
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            deciding = kind(text).isPresent() ? text : deciding;
            root = cause;
        }
        if (deciding != null) {
            return deciding;
        }
        String text = root.getMessage();
        return text == null ? root.getClass().getSimpleName() : text;
    }

    private static Optional<Kind> kind(String text) {
        return TEXTS.stream()
                .filter(known -> text.contains(known.part))
                .map(Text::kind)
                .findFirst();
    }

    private static Kind kind(Status.Code code) {
        return CODES.getOrDefault(code, Kind.TRANSIENT);
    }

    private static Optional<Status.Code> code(Throwable failure) {
        if (failure instanceof StatusRuntimeException status) {
            return Optional.of(status.getStatus().getCode());
        } else if (failure instanceof StatusException status) {
            return Optional.of(status.getStatus().getCode());
        } else if (failure instanceof EtcdException exception) {
            return Optional.of(Status.Code.valueOf(exception.getErrorCode().name()));
        }
        return Optional.empty();
    }
}
