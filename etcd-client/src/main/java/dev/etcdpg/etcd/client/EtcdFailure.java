package dev.etcdpg.etcd.client;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request that etcd did not execute, or whose outcome is unknown. {@link EtcdErrors} decides the kind. */
public final class EtcdFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kind of a failure, which determines the reaction of the caller. */
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
        Kind kind = EtcdErrors.kind(cause);
        String advice = kind == Kind.NO_SPACE
                ? ". etcd is full: delete keys or raise --quota-backend-bytes, compact and defragment etcd, then run "
                        + "\"etcdctl alarm disarm\""
                : "";
        return new EtcdFailure(kind, request + ": " + EtcdErrors.text(cause) + advice, cause);
    }

    /** Returns the failure of a request that was not sent. */
    public static EtcdFailure notNow(String request) {
        return new EtcdFailure(Kind.NOT_NOW, request + " waits until etcd may be asked again", null);
    }

    public Kind kind() {
        return kind;
    }

    /** Returns whether etcd is available and has answered: another request can succeed at once. */
    public boolean isAnswer() {
        return kind.answer;
    }

    /** Returns whether the request is too large for the server. The server has then executed nothing. */
    public boolean isRequestTooLarge() {
        return kind == Kind.REQUEST_TOO_LARGE || kind == Kind.TOO_MANY_OPERATIONS;
    }

    /** Returns whether a request for less data may succeed, because the response was too large or did not arrive in time. */
    public boolean isResponseTooLarge() {
        return kind == Kind.RESPONSE_TOO_LARGE || getCause() instanceof TimeoutException;
    }

    /** Returns the same failure with the kind {@link Kind#REJECTED}, so that the request is not repeated. */
    public EtcdFailure permanent() {
        return new EtcdFailure(Kind.REJECTED, String.valueOf(getMessage()), this);
    }
}
