package dev.etcdpg.etcd.source;

import io.etcd.jetcd.common.exception.CompactedException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/** etcd did not do what it was asked. */
public final class EtcdFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What can be done about it. */
    public enum Kind {
        /** The revision is gone: read everything again. */
        COMPACTED,
        /** The revision is not there yet: etcd has another history. */
        FUTURE,
        /** The answer is larger than this client takes: ask for less. */
        TOO_LARGE,
        /** The user may not, or is not known. */
        DENIED,
        /** It was not asked: the pause after a failure is not over. */
        NOT_NOW,
        /** Try again. */
        TRANSIENT
    }

    private final Kind kind;

    public EtcdFailure(String what, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
        this.kind = kind(cause);
    }

    private EtcdFailure(String what) {
        super(what);
        this.kind = Kind.NOT_NOW;
    }

    public static EtcdFailure notNow(String what) {
        return new EtcdFailure(what + " waits for etcd");
    }

    public Kind kind() {
        return kind;
    }

    /** Whether less might have been answered: the answer was too large, or did not come in time. */
    public boolean wasTooMuch() {
        return kind == Kind.TOO_LARGE || getCause() instanceof TimeoutException;
    }

    /** The kind of anything that jetcd throws or reports; the text decides, because jetcd keeps no more than it of some errors. */
    public static Kind kind(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof CompactedException) {
                return Kind.COMPACTED;
            }
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (text.contains("has been compacted")) {
                return Kind.COMPACTED;
            }
            if (text.contains("future revision")) {
                return Kind.FUTURE;
            }
            if (text.contains("exceeds maximum size")) {
                return Kind.TOO_LARGE;
            }
            if (text.contains("permission denied")
                    || text.contains("unauthenticated")
                    || text.contains("authentication failed")
                    || text.contains("invalid auth token")
                    || text.contains("user name is empty")
                    || text.contains("authentication is not enabled")) {
                return Kind.DENIED;
            }
        }
        return Kind.TRANSIENT;
    }
}
