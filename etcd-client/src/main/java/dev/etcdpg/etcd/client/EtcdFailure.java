package dev.etcdpg.etcd.client;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request that etcd did not execute, or whose outcome is unknown. {@link EtcdErrors} decides the kind. */
public final class EtcdFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What a caller can do about a failure. */
    public enum Kind {
        /** The request can be repeated later. A write may have been executed. */
        TRANSIENT(false),
        /** The request was not sent, because the pause after an earlier failure is not over. */
        NOT_NOW(false),
        /** The space quota of etcd is used up. */
        NO_SPACE(false),
        /** The user lacks a permission. */
        DENIED(false),
        /** etcd does not accept the user or the password, or has no users. */
        UNAUTHENTICATED(false),
        /** The revision is compacted. */
        COMPACTED(true),
        /** The revision does not exist yet: etcd has another history. */
        FUTURE(true),
        /** The response is larger than this client accepts. */
        RESPONSE_TOO_LARGE(true),
        /** The request is larger than the server accepts. The server has executed nothing. */
        REQUEST_TOO_LARGE(true),
        /** The transaction has more operations than the server accepts. The server has executed nothing. */
        TOO_MANY_OPERATIONS(true),
        /** A lease in the request does not exist. */
        NO_LEASE(true),
        /** etcd rejects the request, and would reject it again. */
        REJECTED(false);

        private final boolean answer;

        Kind(boolean answer) {
            this.answer = answer;
        }
    }

    private final Kind kind;

    public EtcdFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** @param request describes the request, for the message: "reading the epoch" */
    public static EtcdFailure of(String request, Throwable cause) {
        return new EtcdFailure(EtcdErrors.kind(cause), request + ": " + EtcdErrors.text(cause), cause);
    }

    /** A request that was not sent. */
    public static EtcdFailure notNow(String request) {
        return new EtcdFailure(Kind.NOT_NOW, request + " waits until etcd may be asked again", null);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether etcd is available and has answered: another request can succeed at once. */
    public boolean isAnswer() {
        return kind.answer;
    }

    /** Whether the server accepts no request of that size, and has executed nothing. */
    public boolean isRequestTooLarge() {
        return kind == Kind.REQUEST_TOO_LARGE || kind == Kind.TOO_MANY_OPERATIONS;
    }

    /** Whether a request for less data might succeed: the response was too large, or did not arrive in time. */
    public boolean isResponseTooLarge() {
        return kind == Kind.RESPONSE_TOO_LARGE || getCause() instanceof TimeoutException;
    }

    /** The same failure as one that no repetition can mend. */
    public EtcdFailure permanent() {
        return new EtcdFailure(Kind.REJECTED, String.valueOf(getMessage()), this);
    }
}
