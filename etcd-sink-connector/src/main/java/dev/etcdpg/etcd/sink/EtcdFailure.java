package dev.etcdpg.etcd.sink;

import io.grpc.Status;

/** A request that etcd did not do, or of which it is not known whether it did. */
final class EtcdFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    enum Kind {
        /** Try again later. A write may have been done. */
        TRANSIENT,
        /** etcd's space quota is used up. */
        NO_SPACE,
        /** The user may not do this. */
        DENIED,
        /** User or password is wrong. */
        UNAUTHENTICATED,
        /** The request is larger than this server takes. */
        TOO_LARGE,
        /** More operations than this server takes in a transaction. */
        TOO_MANY_OPERATIONS,
        /** A lease in the request does not exist. */
        NO_LEASE,
        /** etcd rejects the request as it is. */
        REJECTED
    }

    private final Kind kind;

    EtcdFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** The server takes no request of that size, and has done nothing. */
    boolean isTooMuch() {
        return kind == Kind.TOO_LARGE || kind == Kind.TOO_MANY_OPERATIONS;
    }

    EtcdFailure forGood() {
        return new EtcdFailure(Kind.REJECTED, getMessage(), this);
    }

    static EtcdFailure of(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        String text = status.getDescription() == null ? "" : status.getDescription();
        String message = text.isEmpty() ? String.valueOf(cause.getMessage()) : text;
        return new EtcdFailure(kind(status.getCode(), text), message, cause);
    }

    /** etcd's own texts decide where it uses one gRPC code for several errors. */
    static Kind kind(Status.Code code, String text) {
        if (text.contains("database space exceeded")) {
            return Kind.NO_SPACE;
        } else if (text.contains("request is too large") || text.contains("message larger than max")) {
            return Kind.TOO_LARGE;
        } else if (text.contains("too many operations in txn")) {
            return Kind.TOO_MANY_OPERATIONS;
        } else if (text.contains("requested lease not found")) {
            return Kind.NO_LEASE;
        } else if (text.contains("invalid auth token") || text.contains("revision of auth store is old")) {
            return Kind.TRANSIENT;
        }
        return switch (code) {
            case PERMISSION_DENIED -> Kind.DENIED;
            case UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
            case INVALID_ARGUMENT ->
                text.contains("authentication failed") || text.contains("user name")
                        ? Kind.UNAUTHENTICATED
                        : Kind.REJECTED;
            case FAILED_PRECONDITION, NOT_FOUND, OUT_OF_RANGE, UNIMPLEMENTED, ALREADY_EXISTS -> Kind.REJECTED;
            default -> Kind.TRANSIENT;
        };
    }
}
